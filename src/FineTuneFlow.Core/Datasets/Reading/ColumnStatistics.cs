using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>How the values of a column look.</summary>
/// <param name="Records">Records looked at.</param>
/// <param name="Rows">Those with a value.</param>
/// <param name="Distinct">Different values among them, counted up to a limit.</param>
/// <param name="MeanLength">Bytes a value.</param>
/// <param name="Words">Mean number of words a value; scripts without blanks count two characters as a word.</param>
/// <param name="Numbers">Share of values that are numbers.</param>
/// <param name="Dates">Share of values that are dates, times or years.</param>
internal sealed record ColumnStatistics(long Records, long Rows, int Distinct, double MeanLength, double Words, double Numbers, double Dates)
{
    private const int LongestLabel = 64;
    private const double Mostly = 0.9;
    private const int ManyNumbers = 30;

    /// <summary>Few values that come again and again, and are neither dates nor measurements.</summary>
    public bool CouldBeLabel =>
        Rows > 0 && Rows * 2 >= Records && Distinct <= Math.Max(2, Rows / 2) && MeanLength <= LongestLabel && Dates < Mostly
        && !(Numbers >= Mostly && Distinct > ManyNumbers);

    public bool IsWordy => Words > 1.5 && Numbers < Mostly && Dates < Mostly;

    public double LabelScore => Distinct == 0 ? 0 : 1.0 / (Math.Abs(Math.Log2(Distinct) - 2) + 1) / (Words + 1);

    public double TextScore => Math.Min(MeanLength, 2_000) * (Distinct / Math.Max(1.0, Math.Min(Rows, ColumnSurvey.MostDistinct)));
}

/// <summary>Looks at every value of the records it is given.</summary>
internal sealed class ColumnSurvey(int columns)
{
    /// <summary>Different values counted of a column; more say nothing more.</summary>
    public const int MostDistinct = 20_000;

    private readonly HashSet<ulong>[] _distinct = [.. Enumerable.Range(0, columns).Select(_ => new HashSet<ulong>())];
    private readonly long[] _bytes = new long[columns];
    private readonly long[] _words = new long[columns];
    private readonly long[] _rows = new long[columns];
    private readonly long[] _numbers = new long[columns];
    private readonly long[] _dates = new long[columns];
    private byte[] _scratch = [];
    private long _records;

    public long Records => _records;

    public void Add(RecordBatch batch)
    {
        for (int r = 0; r < batch.RecordCount; r++)
        {
            TableRecord record = batch.Records[r];
            _records++;
            for (int c = 0; c < Math.Min(columns, record.Fields); c++)
            {
                ReadOnlySpan<byte> value = FieldValue.Of(batch, batch.Fields[record.FirstField + c], ref _scratch);
                if (!value.IsEmpty)
                {
                    Add(c, value);
                }
            }
        }
    }

    public ImmutableArray<ColumnStatistics> Result() =>
    [
        .. Enumerable.Range(0, columns).Select(c => new ColumnStatistics(
            _records,
            _rows[c],
            _distinct[c].Count,
            _bytes[c] / Math.Max(1.0, _rows[c]),
            _words[c] / Math.Max(1.0, _rows[c]),
            _numbers[c] / Math.Max(1.0, _rows[c]),
            _dates[c] / Math.Max(1.0, _rows[c]))),
    ];

    private void Add(int c, ReadOnlySpan<byte> value)
    {
        _rows[c]++;
        _bytes[c] += value.Length;
        _words[c] += value.Count((byte)' ') + 1 + (Unspaced(value) / 2);
        bool digits = value.IndexOfAnyExceptInRange((byte)'-', (byte)'9') < 0 && value.IndexOf((byte)'/') < 0 && value[1..].IndexOf((byte)'-') < 0;
        _numbers[c] += digits ? 1 : 0;
        _dates[c] += IsDate(value) ? 1 : 0;
        if (_distinct[c].Count < MostDistinct)
        {
            _distinct[c].Add(XxHash3.HashToUInt64(value));
        }
    }

    /// <summary>Years from 1900 on, and what begins as dates do: 2016-11-20, 20/11/2016, 12:30.</summary>
    private static bool IsDate(ReadOnlySpan<byte> value)
    {
        value = value.Trim((byte)' ');
        int digits = value.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0)
        {
            return value is [(byte)'1', (byte)'9', _, _] or [(byte)'2', (byte)'0', _, _];
        }

        return digits is 1 or 2 or 4 && value.Length > digits + 2 && value[digits] is (byte)'-' or (byte)'/' or (byte)'.' or (byte)':'
            && char.IsAsciiDigit((char)value[digits + 1]) && value[(digits + 1)..].IndexOfAny((byte)'-', (byte)'/', (byte)':') is var second && (second > 0 || value[digits] == ':');
    }

    /// <summary>Characters of scripts that write without blanks: Chinese, Japanese, Thai, Lao, Burmese, Khmer.</summary>
    private static int Unspaced(ReadOnlySpan<byte> value)
    {
        int count = 0;
        for (int at = value.IndexOfAnyInRange((byte)0xE0, (byte)0xE9); at >= 0;)
        {
            if (Rune.DecodeFromUtf8(value[at..], out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                count += rune.Value is (>= 0x0E00 and < 0x0F00) or (>= 0x1000 and < 0x10A0) or (>= 0x1780 and < 0x1800) or (>= 0x3040 and < 0xA000) ? 1 : 0;
            }

            at += length;
            int next = value[at..].IndexOfAnyInRange((byte)0xE0, (byte)0xE9);
            at = next < 0 ? -1 : at + next;
        }

        return count;
    }
}
