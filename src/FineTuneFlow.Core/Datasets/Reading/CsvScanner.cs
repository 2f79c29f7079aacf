namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Finds records and cells in UTF-8 bytes: RFC 4180 and the deviations of real files, each of them counted.</summary>
internal sealed class CsvScanner(CsvDialect dialect)
{
    private readonly byte _delimiter = dialect.Delimiter;
    private readonly byte _quoteByte = dialect.Quote;
    private readonly bool _quotes = dialect.Quote != 0;
    private readonly bool _backslash = dialect.BackslashQuotes;
    private readonly bool _escapes = dialect.BackslashDelimiters;
    private readonly bool _blankBeforeQuote = dialect.BlankBeforeQuote;
    private readonly FieldFlags _quoted = FieldFlags.Quoted | (dialect.Quote == '\'' ? FieldFlags.SingleQuotes : 0);

    /// <summary>Physical line of the next record, from 1.</summary>
    public long Line { get; private set; } = 1;
    public long LinesCrLf { get; private set; }
    public long LinesLf { get; private set; }
    public long LinesCr { get; private set; }
    public long BlankLines { get; private set; }
    public long QuotesInUnquotedCells { get; private set; }
    public long TextAfterClosingQuote { get; private set; }
    public bool SawBackslashQuotes { get; private set; }

    /// <summary>Adds the record at <paramref name="position"/> to the batch and moves behind it.</summary>
    /// <returns>False where the buffer holds no whole record any more.</returns>
    public bool TryReadRecord(RecordBatch batch, int end, bool final, ref int position)
    {
        ReadOnlySpan<byte> data = batch.Buffer.AsSpan(0, end);
        int at = position;
        while (at < end)
        {
            int firstField = batch.FieldCount;
            long line = Line;
            long innerLines = 0;
            int next = ReadFields(batch, data, final, at, ref innerLines);
            if (next < 0)
            {
                batch.FieldCount = firstField;
                position = at;
                return false;
            }

            int fields = batch.FieldCount - firstField;
            int afterEnd = EndLine(data, next);
            Line += innerLines + 1;
            position = afterEnd;
            if (fields == 1 && batch.Fields[firstField] is { Length: 0, Flags: FieldFlags.None })
            {
                BlankLines++;
                batch.FieldCount = firstField;
                at = afterEnd;
                continue;
            }

            batch.AddRecord(new TableRecord(line, firstField, fields, LineBreaks: innerLines > 0));
            return true;
        }

        position = at;
        return false;
    }

    /// <summary>Reads cells up to the record's end; gives the position of its line end, or -1 where it is not in the buffer.</summary>
    private int ReadFields(RecordBatch batch, ReadOnlySpan<byte> data, bool final, int at, ref long innerLines)
    {
        int recordStart = at;
        long quotesUnquoted = 0;
        long afterQuote = 0;
        while (true)
        {
            int stop;
            if (_blankBeforeQuote && at < data.Length && data[at] == ' ')
            {
                int opening = at + data[at..].IndexOfAnyExcept((byte)' ');
                at = opening > at && data[opening] == _quoteByte ? opening : at;
            }

            if (_quotes && at < data.Length && data[at] == _quoteByte)
            {
                stop = ReadQuoted(batch, data, final, at, recordStart, ref innerLines, ref afterQuote);
                if (stop < 0)
                {
                    return -1;
                }
            }
            else
            {
                int length = data[at..].IndexOfAny(_delimiter, (byte)'\n', (byte)'\r');
                if (length < 0)
                {
                    if (!final)
                    {
                        return -1;
                    }

                    length = data.Length - at;
                }

                stop = at + length;
                FieldFlags flags = FieldFlags.None;
                if (_escapes)
                {
                    stop = BehindEscapes(data, at, stop, ref innerLines, ref flags);
                    if (stop == data.Length && !final)
                    {
                        return -1;
                    }

                    length = stop - at;
                }

                quotesUnquoted += _quotes && length > 0 && data.Slice(at, length).Contains(_quoteByte) ? 1 : 0;
                batch.AddField(at, length, flags);
            }

            if (stop < data.Length && data[stop] == _delimiter)
            {
                at = stop + 1;
                continue;
            }

            if (stop + 1 >= data.Length && !final && (stop >= data.Length || data[stop] == '\r'))
            {
                return -1;
            }

            QuotesInUnquotedCells += quotesUnquoted;
            TextAfterClosingQuote += afterQuote;
            return stop;
        }
    }

    private int ReadQuoted(
        RecordBatch batch, ReadOnlySpan<byte> data, bool final, int open, int recordStart, ref long innerLines, ref long afterQuote)
    {
        int start = open + 1;
        int at = start;
        FieldFlags flags = _quoted;
        while (true)
        {
            int quote = data[at..].IndexOf(_quoteByte);
            if (quote < 0)
            {
                return final ? throw Unclosed(data, open, recordStart) : -1;
            }

            quote += at;
            if (quote + 1 >= data.Length && !final)
            {
                return -1;
            }

            if (quote + 1 < data.Length && data[quote + 1] == _quoteByte && !(_backslash && IsEscaped(data, start, quote)))
            {
                flags |= FieldFlags.DoubledQuotes;
                at = quote + 2;
                continue;
            }

            bool endsCell = quote + 1 == data.Length || data[quote + 1] == _delimiter || data[quote + 1] is (byte)'\n' or (byte)'\r';
            if (IsEscaped(data, start, quote) && (_backslash || !endsCell))
            {
                flags |= FieldFlags.BackslashQuotes;
                SawBackslashQuotes = true;
                at = quote + 1;
                continue;
            }

            ReadOnlySpan<byte> value = data[start..quote];
            long lines = LineBreaks(value);
            int stop = quote + 1;
            if (!endsCell && data[stop] == ' ')
            {
                int behind = data[stop..].IndexOfAnyExcept((byte)' ');
                if (behind < 0 && !final)
                {
                    return -1;
                }

                behind = behind < 0 ? data.Length : stop + behind;
                endsCell = behind == data.Length || data[behind] == _delimiter || data[behind] is (byte)'\n' or (byte)'\r';
                stop = endsCell ? behind : stop;
            }

            if (!endsCell)
            {
                if (lines > 0)
                {
                    throw new BrokenQuoteException(
                        Line + innerLines,
                        open - LastLineStart(data, recordStart, open) + 1,
                        $"a quote opens a cell here and closes {lines} line{(lines == 1 ? "" : "s")} further down, but text follows the closing quote");
                }

                int tail = data[stop..].IndexOfAny(_delimiter, (byte)'\n', (byte)'\r');
                if (tail < 0 && !final)
                {
                    return -1;
                }

                stop = tail < 0 ? data.Length : stop + tail;
                flags |= FieldFlags.TextAfterQuote;
                afterQuote++;
                batch.AddField(start, stop - start, flags);
                return stop;
            }

            // Where backslashes escape quotes they escape themselves too.
            flags |= _backslash && value.Contains((byte)'\\') ? FieldFlags.BackslashQuotes : 0;
            innerLines += lines;
            batch.AddField(start, quote - start, flags);
            return stop;
        }
    }

    /// <summary>Where an unquoted cell ends whose delimiters and line breaks may be escaped.</summary>
    private int BehindEscapes(ReadOnlySpan<byte> data, int start, int stop, ref long innerLines, ref FieldFlags flags)
    {
        while (stop < data.Length && IsEscaped(data, start, stop))
        {
            bool crlf = data[stop] == '\r' && stop + 1 < data.Length && data[stop + 1] == '\n';
            innerLines += data[stop] == _delimiter ? 0 : 1;
            int from = stop + (crlf ? 2 : 1);
            int length = data[from..].IndexOfAny(_delimiter, (byte)'\n', (byte)'\r');
            stop = length < 0 ? data.Length : from + length;
        }

        flags |= data[start..stop].Contains((byte)'\\') ? FieldFlags.Escaped : 0;
        return stop;
    }

    private static bool IsEscaped(ReadOnlySpan<byte> data, int start, int quote)
    {
        int slashes = 0;
        while (quote - slashes - 1 >= start && data[quote - slashes - 1] == '\\')
        {
            slashes++;
        }

        return (slashes & 1) == 1;
    }

    private int EndLine(ReadOnlySpan<byte> data, int at)
    {
        if (at >= data.Length)
        {
            return at;
        }

        if (data[at] == '\n')
        {
            LinesLf++;
            return at + 1;
        }

        if (at + 1 < data.Length && data[at + 1] == '\n')
        {
            LinesCrLf++;
            return at + 2;
        }

        LinesCr++;
        return at + 1;
    }

    private static long LineBreaks(ReadOnlySpan<byte> value)
    {
        long feeds = value.Count((byte)'\n');
        return feeds > 0 ? feeds : value.Count((byte)'\r');
    }

    private static int LastLineStart(ReadOnlySpan<byte> data, int recordStart, int at) =>
        recordStart + data[recordStart..at].LastIndexOfAny((byte)'\n', (byte)'\r') + 1;

    public BrokenQuoteException Unclosed(ReadOnlySpan<byte> data, int open, int recordStart) => new(
        Line + LineBreaks(data[recordStart..open]),
        open - LastLineStart(data, recordStart, open) + 1,
        "a quote opens a cell here and is never closed");
}
