using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Findings about rows that were left out or stand twice.</summary>
internal static class RowFindings
{
    public static IEnumerable<Finding> Of(ArrangedTable arranged, DatasetProfile profile)
    {
        RowCounts rows = profile.Rows;
        if (rows.Rejected > 0)
        {
            string reasons = string.Join(", ", profile.RejectReasons.Where(r => IsReject(r.Name)).Take(4).Select(r => $"{r.Name} {r.Count}"));
            yield return new Finding(
                "rejected-rows",
                rows.Rejected * 20 > rows.Input ? FindingGrade.Necessary : FindingGrade.Advisable,
                rows.Rejected,
                $"rows cannot be used: {reasons}",
                "Look at rejects.csv, which names line and reason of each",
                [.. arranged.Source.LeftOut.Where(l => RowOutcomes.IsReject(l.Outcome)).Take(FactCounts.Examples).Select(l => l.Line)]);
        }

        if (rows.Duplicates > 0)
        {
            yield return new Finding(
                "duplicates",
                FindingGrade.Advisable,
                rows.Duplicates,
                "rows repeat an earlier text and label; each text is used once",
                "Nothing is to be done: duplicates across splits would have made the scores too good",
                arranged.Duplicates.DuplicateLines);
        }

        if (profile.Duplicates.ConflictTexts > 0)
        {
            yield return Conflicts(arranged, profile);
        }

        if (arranged.NearRows > 0)
        {
            yield return new Finding(
                "near-duplicates",
                FindingGrade.Advisable,
                arranged.NearRows,
                $"rows are nearly the same as others; their {arranged.NearGroups} groups stay in one split each",
                "Nothing, or raise dataset.duplicates.near.threshold if the groups are too wide",
                arranged.NearLines);
        }

        if (arranged.MovedBetweenSplits > 0)
        {
            yield return new Finding(
                "leak",
                FindingGrade.Necessary,
                arranged.MovedBetweenSplits,
                "rows of the data's own split stand in another split as well; they were moved there",
                "Scores published for this split are too good; compare only with scores on the repaired one",
                []);
        }

        foreach (Split carved in arranged.CarvedSplits)
        {
            yield return new Finding(
                "split-carved",
                FindingGrade.Advisable,
                arranged.Order[(int)carved].Length,
                $"rows for {carved.ToString().ToLowerInvariant()} were taken from the training rows, since the split column has none",
                "Nothing, or name the values in dataset.split.values",
                []);
        }

        if (profile.Reading.ReadyMadeSplit is { } column)
        {
            yield return new Finding(
                "ready-made-split",
                FindingGrade.Advisable,
                rows.Input,
                $"rows carry a column \"{column}\" that looks like a ready-made split, which is not used",
                $"To compare with published scores set dataset.split to {{ \"method\": \"column\", \"column\": \"{column}\" }}",
                []);
        }
    }

    private static Finding Conflicts(ArrangedTable arranged, DatasetProfile profile)
    {
        string done = arranged.Source.Plan.Recipe.Duplicates.Conflicts switch
        {
            ConflictPolicy.Majority => "the label of most rows is kept",
            ConflictPolicy.First => "the first label is kept",
            ConflictPolicy.Drop => "none of them is kept",
            _ => "all of them are kept in one split",
        };
        long rows = arranged.Counts.Train + arranged.Counts.Validation + arranged.Counts.Test;
        return new Finding(
            "conflicting-labels",
            profile.Duplicates.ConflictTexts * 100 > rows ? FindingGrade.Necessary : FindingGrade.Advisable,
            profile.Duplicates.ConflictTexts,
            $"texts occur with different labels; {done}",
            "Look at the examples in profile.json and decide; dataset.duplicates.conflicts is majority, first, drop or keep",
            arranged.Duplicates.ConflictLines);
    }

    private static bool IsReject(string reason) =>
        Enumerable.Range(0, RowOutcomes.Count).Any(o => RowOutcomes.IsReject((RowOutcome)o) && RowOutcomes.NameOf((RowOutcome)o) == reason);
}
