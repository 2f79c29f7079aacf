namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>The MinHash bands of all rows, in blocks.</summary>
internal sealed class BandTable(int bands)
{
    private const int BlockRows = 4096;
    private readonly List<ulong[]> _blocks = [];
    private int _count;

    public int Bands { get; } = bands;

    public ReadOnlySpan<ulong> this[int row] => _blocks[row / BlockRows].AsSpan(row % BlockRows * Bands, Bands);

    public void Add(ReadOnlySpan<ulong> bands)
    {
        if (_count % BlockRows == 0)
        {
            _blocks.Add(new ulong[BlockRows * Bands]);
        }

        bands.CopyTo(_blocks[^1].AsSpan(_count % BlockRows * Bands));
        _count++;
    }
}
