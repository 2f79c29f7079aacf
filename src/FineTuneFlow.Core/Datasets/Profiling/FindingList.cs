using System.Collections.Immutable;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>What should be known about the data, necessary things first.</summary>
internal static class FindingList
{
    public static ImmutableArray<Finding> Of(ArrangedTable arranged, DatasetProfile profile)
    {
        var findings = new List<Finding>();
        findings.AddRange(TextFindings.Of(arranged.Source.Facts));
        return [.. findings.OrderBy(f => f.Grade)];
    }
}
