namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>The MinHash bands of all rows, in blocks.</summary>
internal sealed class BandTable(int bands)
{
    private const int BlockRows = 4096;
    private readonly List<ulong[]> blocks = [];
    private int count;

    public int Bands { get; } = bands;

    public ReadOnlySpan<ulong> this[int row] => blocks[row / BlockRows].AsSpan(row % BlockRows * Bands, Bands);

    public void Add(ReadOnlySpan<ulong> bands)
    {
        if (count % BlockRows == 0)
        {
            blocks.Add(new ulong[BlockRows * Bands]);
        }

        bands.CopyTo(blocks[^1].AsSpan(count % BlockRows * Bands));
        count++;
    }
}
