using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Class counts, lengths and tokens of a split.</summary>
internal static class SplitStatistics
{
    /// <param name="split">Which one.</param>
    /// <param name="members">Its rows, written as often as they stand here.</param>
    /// <param name="rows">The table.</param>
    /// <param name="labels">Names of the label indexes.</param>
    /// <param name="order">The labels in the order of the label set.</param>
    public static SplitProfile Of(
        Split split, ReadOnlySpan<int> members, RowTable rows, IReadOnlyList<string> labels, LabelSet order)
    {
        long[] classes = new long[labels.Count];
        int[] lengths = new int[members.Length];
        long characters = 0;
        Span<long> tokens = stackalloc long[TokenCount.ScriptCount];
        for (int i = 0; i < members.Length; i++)
        {
            ref Row row = ref rows[members[i]];
            classes[row.Label]++;
            lengths[i] = row.Characters;
            characters += row.Characters;
            tokens[(int)row.Script] += row.Tokens;
        }

        Array.Sort(lengths);
        return new SplitProfile(
            split,
            members.Length,
            [.. order.Names.Select(name => new NamedCount(name, Count(name, labels, classes)))],
            new LengthProfile(
                Rank(lengths, 0), Rank(lengths, 0.5), Rank(lengths, 0.95), Rank(lengths, 1), members.Length == 0 ? 0 : Math.Round((double)characters / members.Length, 1)),
            TokenCount.Range(tokens));
    }

    /// <summary>The longest used texts, the longest first, those of the earlier line first between equals.</summary>
    public static ImmutableArray<LongText> LongestOf(RowTable rows, int most)
    {
        // A short sorted list: nearly every row is shorter than its last one. No queue of pairs, whose code would have to be compiled
        // at every start.
        int[] kept = new int[most];
        int count = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            int tokens = rows[i].Tokens;
            if (rows[i].Outcome != RowOutcome.Used || (count == most && tokens <= rows[kept[^1]].Tokens))
            {
                continue;
            }

            int at = count < most ? count++ : most - 1;
            for (; at > 0 && rows[kept[at - 1]].Tokens < tokens; at--)
            {
                kept[at] = kept[at - 1];
            }

            kept[at] = i;
        }

        var longest = ImmutableArray.CreateBuilder<LongText>(count);
        for (int i = 0; i < count; i++)
        {
            longest.Add(new LongText(rows[kept[i]].Line, rows[kept[i]].Tokens));
        }

        return longest.MoveToImmutable();
    }

    public static ImmutableArray<NamedCount> ScriptsOf(RowTable rows)
    {
        long[] counts = new long[TokenCount.ScriptCount];
        for (int i = 0; i < rows.Count; i++)
        {
            counts[(int)rows[i].Script] += rows[i].Outcome == RowOutcome.Used ? 1 : 0;
        }

        return NamedCount.MostFirst(counts, script => ((Script)script).ToString().ToLowerInvariant());
    }

    private static long Count(string name, IReadOnlyList<string> labels, long[] classes)
    {
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] == name)
            {
                return classes[i];
            }
        }

        return 0;
    }

    private static long Rank(int[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}
