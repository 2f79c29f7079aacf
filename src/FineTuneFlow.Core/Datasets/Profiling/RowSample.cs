using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>The texts of a sample of rows, drawn by the texts' hashes: it does not depend on the order of the file.</summary>
internal sealed class RowSample(int capacity)
{
    private readonly List<SampledRow> _kept = [];
    private ulong _highest = ulong.MaxValue;

    /// <summary>In a shuffled order.</summary>
    public IReadOnlyList<SampledRow> Rows
    {
        get
        {
            Trim();
            return _kept;
        }
    }

    public void Offer(TextHash hash, int row, ReadOnlySpan<byte> text)
    {
        ulong key = Mixing.Key(hash, seed: 0, Mixing.BalanceStream);
        if (key > _highest)
        {
            return;
        }

        _kept.Add(new SampledRow(key, row, text.ToArray()));
        if (_kept.Count >= capacity * 2)
        {
            Trim();
        }
    }

    private void Trim()
    {
        _kept.Sort((a, b) => a.Key == b.Key ? a.Row - b.Row : a.Key.CompareTo(b.Key));
        if (_kept.Count > capacity)
        {
            _kept.RemoveRange(capacity, _kept.Count - capacity);
            _highest = _kept[^1].Key;
        }
    }
}

/// <param name="Key">Decides whether the row is drawn, and its place.</param>
/// <param name="Row">Index in the table.</param>
/// <param name="Text">Escaped.</param>
internal sealed record SampledRow(ulong Key, int Row, byte[] Text);
