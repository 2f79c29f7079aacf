using System.Collections.Immutable;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>What should be known about the data, necessary things first.</summary>
internal static class FindingList
{
    public static ImmutableArray<Finding> Of(ArrangedTable arranged, DatasetProfile profile)
    {
        Finding[] found =
        [
            .. arranged.Questions,
            .. LabelFindings.Of(arranged.Source),
            .. RowFindings.Of(arranged, profile),
            .. ClassFindings.Of(arranged, profile),
            .. TextFindings.Of(arranged.Source.Facts, arranged.Source.RowsRead),
            .. TruncationFindings.Of(arranged),
            .. ReadingFindings.Of(arranged.Source),
        ];
        return [.. found.Where(finding => finding.Grade == FindingGrade.Necessary), .. found.Where(finding => finding.Grade != FindingGrade.Necessary)];
    }
}
