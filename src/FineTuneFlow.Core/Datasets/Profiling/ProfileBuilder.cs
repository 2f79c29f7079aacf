using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Makes the profile of arranged rows.</summary>
internal static class ProfileBuilder
{
    private const int MostLongTexts = 20;

    public static DatasetProfile Of(ArrangedTable arranged)
    {
        var source = arranged.Source;
        ImmutableArray<SplitProfile> splits =
        [
            .. new[] { Split.Train, Split.Validation, Split.Test }.Select(split =>
                SplitStatistics.Of(split, arranged.Order[(int)split], source.Rows, source.Labels, arranged.Labels)),
        ];
        var profile = new DatasetProfile
        {
            Columns = source.Plan.Recognised,
            Labels = arranged.Labels,
            LabelsReason = arranged.LabelsReason,
            Rows = arranged.Counts,
            Splits = splits,
            Scripts = SplitStatistics.ScriptsOf(source.Rows),
            Duplicates = new DuplicateProfile(
                arranged.Duplicates.DuplicateRows,
                arranged.Duplicates.ConflictTexts,
                arranged.Duplicates.ConflictRows,
                arranged.NearGroups,
                arranged.NearRows,
                arranged.Duplicates.Conflicts),
            Tokens = splits[0].Tokens + splits[1].Tokens + splits[2].Tokens,
            LongTexts = SplitStatistics.LongestOf(source.Rows, MostLongTexts),
            Reading = source.Reading,
            RejectReasons = RejectReasons(arranged),
            Findings = [],
        };
        return profile with { Findings = FindingList.Of(arranged, profile) };
    }

    private static ImmutableArray<NamedCount> RejectReasons(ArrangedTable arranged)
    {
        long[] counts = new long[RowOutcomes.Count];
        foreach (LeftOutRow left in arranged.Source.LeftOut)
        {
            counts[(int)left.Outcome]++;
        }

        for (int i = 0; i < arranged.Source.Rows.Count; i++)
        {
            counts[(int)arranged.Source.Rows[i].Outcome]++;
        }

        counts[(int)RowOutcome.Used] = 0;
        return NamedCount.MostFirst(counts, outcome => RowOutcomes.NameOf((RowOutcome)outcome));
    }
}
