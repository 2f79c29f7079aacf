using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>The texts of a sample of rows, drawn by the texts' hashes: it does not depend on the order of the file.</summary>
internal sealed class RowSample(int capacity)
{
    private readonly List<(ulong Key, int Row, byte[] Text)> kept = [];
    private ulong highest = ulong.MaxValue;

    /// <summary>Row indexes with their escaped texts, in a shuffled order.</summary>
    public IReadOnlyList<(ulong Key, int Row, byte[] Text)> Rows
    {
        get
        {
            Trim();
            return kept;
        }
    }

    public void Offer(TextHash hash, int row, ReadOnlySpan<byte> text)
    {
        ulong key = Mixing.Key(hash, seed: 0, Mixing.BalanceStream);
        if (key > highest)
        {
            return;
        }

        kept.Add((key, row, text.ToArray()));
        if (kept.Count >= capacity * 2)
        {
            Trim();
        }
    }

    private void Trim()
    {
        kept.Sort((a, b) => (a.Key, a.Row).CompareTo((b.Key, b.Row)));
        if (kept.Count > capacity)
        {
            kept.RemoveRange(capacity, kept.Count - capacity);
            highest = kept[^1].Key;
        }
    }
}
