using System.Runtime.CompilerServices;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>One row of the data set without its text; 48 bytes, so that tens of millions fit in memory.</summary>
internal struct Row
{
    public TextHash Hash;
    /// <summary>Position of the escaped text in the <see cref="Writing.TextStore"/>.</summary>
    public long Offset;
    public int TextLength;
    public int Characters;
    public int Tokens;
    public uint Line;
    public ushort SliceLength;
    public ushort Label;
    /// <summary>Ordinal among rows with the same text, from 0; rows beyond the first have ids ending in -2, -3...</summary>
    public ushort Copy;
    public RowOutcome Outcome;
    private byte _scriptAndSplit;

    public Script Script
    {
        readonly get => (Script)(_scriptAndSplit & 15);
        set => _scriptAndSplit = (byte)((_scriptAndSplit & 0xF0) | (byte)value);
    }

    public Split Split
    {
        readonly get => (Split)(_scriptAndSplit >> 4);
        set => _scriptAndSplit = (byte)((_scriptAndSplit & 15) | ((int)value << 4));
    }
}

/// <summary>All rows in the order of the file, in blocks, so that growing copies nothing.</summary>
internal sealed class RowTable
{
    private const int BlockBits = 14;
    private const int BlockRows = 1 << BlockBits;
    // An array and no list: what stands in a loop over all rows is then compiled into the loop, also ahead of time.
    private Row[][] _blocks = new Row[16][];
    private readonly List<long[]> _splitKeys = [];

    public int Count { get; private set; }

    public ref Row this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _blocks[index >> BlockBits][index & (BlockRows - 1)];
    }

    /// <summary>Whether rows carry a value of the split column.</summary>
    public bool HasSplitKeys { get; init; }

    public long SplitKey(int index) => _splitKeys[index >> BlockBits][index & (BlockRows - 1)];

    public void Add(in Row row, long splitKey)
    {
        if ((Count & (BlockRows - 1)) == 0)
        {
            AddBlock();
        }

        this[Count] = row;
        if (HasSplitKeys)
        {
            _splitKeys[Count >> BlockBits][Count & (BlockRows - 1)] = splitKey;
        }

        Count++;
    }

    private void AddBlock()
    {
        int block = Count >> BlockBits;
        if (block == _blocks.Length)
        {
            Array.Resize(ref _blocks, block * 2);
        }

        _blocks[block] = new Row[BlockRows];
        if (HasSplitKeys)
        {
            _splitKeys.Add(new long[BlockRows]);
        }
    }
}
