using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Profiling;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Makes one class of the spellings of a label.</summary>
internal static class LabelSpellings
{
    /// <summary>Gives rows whose labels are spellings of one label the most frequent of them.</summary>
    public static ImmutableArray<MergedLabel> Merge(RowTable rows, IReadOnlyList<string> labels)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        bool any = false;
        for (int i = 0; i < labels.Count; i++)
        {
            any |= !first.TryAdd(LabelIdentity.Of(labels[i]), i);
        }

        return any ? MergeGroups(rows, labels) : [];
    }

    private static ImmutableArray<MergedLabel> MergeGroups(RowTable rows, IReadOnlyList<string> labels)
    {
        var groups = Enumerable.Range(0, labels.Count).GroupBy(i => LabelIdentity.Of(labels[i]), StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .Select(group => group.ToArray())
            .ToList();
        long[] counts = RareClasses.Counts(rows, labels.Count);
        ushort[] target = [.. Enumerable.Range(0, labels.Count).Select(i => (ushort)i)];
        var merged = ImmutableArray.CreateBuilder<MergedLabel>();
        foreach (int[] group in groups)
        {
            // The order does not depend on that of the file: at a tie the shortest spelling, then the one with the fewest capitals.
            int[] order = [.. group.OrderByDescending(i => counts[i]).ThenBy(i => labels[i].Length).ThenBy(i => labels[i].Count(char.IsUpper)).ThenBy(i => labels[i], StringComparer.Ordinal)];
            foreach (int i in order)
            {
                target[i] = (ushort)order[0];
            }

            NamedCount[] others = [.. order.Skip(1).Where(i => counts[i] > 0).Select(i => new NamedCount(labels[i], counts[i]))];
            if (others.Length > 0)
            {
                merged.Add(new MergedLabel(new NamedCount(labels[order[0]], counts[order[0]]), [.. others]));
            }
        }

        for (int i = 0; i < rows.Count; i++)
        {
            rows[i].Label = target[rows[i].Label];
        }

        return merged.ToImmutable();
    }
}

/// <param name="Kept">The spelling of the class, with its own rows.</param>
/// <param name="Others">The spellings that became it.</param>
internal sealed record MergedLabel(NamedCount Kept, ImmutableArray<NamedCount> Others);
