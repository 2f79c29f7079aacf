namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Cells that are not UTF-8, one a line, as many as are plenty to tell their encoding by.</summary>
internal sealed class UndecodedCells
{
    private const int MaxBytes = 16_000;
    private readonly List<byte> _bytes = [];

    public ReadOnlySpan<byte> Bytes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);

    public void Add(ReadOnlySpan<byte> cell)
    {
        if (_bytes.Count < MaxBytes)
        {
            _bytes.AddRange(cell[..Math.Min(cell.Length, MaxBytes)]);
            _bytes.Add((byte)'\n');
        }
    }

    public void Add(UndecodedCells others)
    {
        if (others._bytes.Count > 0 && _bytes.Count < MaxBytes)
        {
            _bytes.AddRange(others._bytes);
        }
    }

    public void Clear() => _bytes.Clear();
}
