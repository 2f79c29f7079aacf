using System.Collections.Immutable;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>What should be known about the data, necessary things first.</summary>
internal static class FindingList
{
    public static ImmutableArray<Finding> Of(ArrangedTable arranged, DatasetProfile profile) =>
    [
        .. RowFindings.Of(arranged, profile)
            .Concat(ClassFindings.Of(arranged, profile))
            .Concat(TextFindings.Of(arranged.Source.Facts))
            .Concat(TruncationFindings.Of(arranged))
            .Concat(ReadingFindings.Of(arranged.Source))
            .OrderBy(finding => finding.Grade),
    ];
}
