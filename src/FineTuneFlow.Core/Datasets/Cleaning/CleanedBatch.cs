using FineTuneFlow.Core.Costs;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>The rows of one batch after cleaning, in the order of the file.</summary>
internal sealed class CleanedBatch
{
    /// <summary>JSON-escaped texts, each followed by its row's slices as JSON.</summary>
    public byte[] Texts { get; set; } = new byte[1 << 19];
    public int TextBytes { get; set; }
    /// <summary>The first <see cref="RowCount"/> are this batch's.</summary>
    public CleanedRow[] Rows { get; private set; } = new CleanedRow[4096];
    public int RowCount { get; private set; }
    public List<LeftOutRow> LeftOut { get; } = [];
    /// <summary>Labels in the order met; <see cref="CleanedRow.Label"/> is a position here.</summary>
    public List<string> Labels { get; } = [];
    /// <summary>Rows with each of the sixteen <see cref="TextFacts"/>, and their first lines.</summary>
    public List<(TextFacts Facts, long Line)> Facts { get; } = [];
    public long RowsRead { get; set; }
    public long ShortRows { get; set; }
    /// <summary>Rows with a text that is UTF-8 and more than ASCII.</summary>
    public long BeyondAscii { get; set; }
    public UndecodedCells Undecoded { get; } = new();
    /// <summary>Records whose lines look like rows of their own.</summary>
    public List<SwallowedRows> Swallowed { get; } = [];
    /// <summary>MinHash bands of the rows, one after the other; empty where near-duplicates are not looked for.</summary>
    public List<ulong> Bands { get; } = [];

    public void Clear()
    {
        TextBytes = 0;
        RowsRead = 0;
        ShortRows = 0;
        BeyondAscii = 0;
        Undecoded.Clear();
        Swallowed.Clear();
        RowCount = 0;
        LeftOut.Clear();
        Labels.Clear();
        Facts.Clear();
        Bands.Clear();
    }

    public void Add(in CleanedRow row)
    {
        if (RowCount == Rows.Length)
        {
            CleanedRow[] more = Rows;
            Array.Resize(ref more, more.Length * 2);
            Rows = more;
        }

        Rows[RowCount++] = row;
    }

    /// <summary>Puts bytes behind the texts.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        TextBytes += bytes.Length;
    }

    public Span<byte> Room(int bytes)
    {
        if (Texts.Length - TextBytes < bytes)
        {
            byte[] more = Texts;
            Array.Resize(ref more, Math.Max(more.Length * 2, TextBytes + bytes));
            Texts = more;
        }

        return Texts.AsSpan(TextBytes);
    }
}

/// <summary>A cleaned row: hash of the normalised text, physical line, bytes of the escaped text and of the slices behind it,
/// and the split column's value (split, hash of the group, or ticks of the time).</summary>
internal readonly record struct CleanedRow(
    TextHash Hash, long Line, int TextLength, int SliceLength, int Label, int Characters, int Tokens, Script Script, long SplitKey);

internal readonly record struct LeftOutRow(long Line, RowOutcome Outcome, string Detail);
