using System.Collections.Immutable;

namespace FineTuneFlow.Core.Datasets;

/// <summary>The labels of a data set.</summary>
/// <param name="Names">Ordered labels from worst to best; unordered ones sorted ordinally.</param>
/// <param name="Ordered">Whether distance between labels means anything (stars do, topics do not).</param>
/// <param name="Good">The labels that count as good; empty where good-versus-bad has no meaning.</param>
public sealed record LabelSet(ImmutableArray<string> Names, bool Ordered, ImmutableArray<string> Good)
{
    /// <summary>True: ordered labels are as far apart as the numbers that they are (1, 2 and 5); else by their places in the order.</summary>
    public bool? ByValue { get; init; }

    /// <summary>Position of a label, or -1.</summary>
    public int IndexOf(string? label) => label is null ? -1 : Names.IndexOf(label, StringComparer.Ordinal);
}
