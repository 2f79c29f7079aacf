using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>JSON lines as a table: a column for each property of the first lines; values that are no text keep their JSON form.</summary>
internal sealed class JsonTableReader : TableReader
{
    private byte[] _input = new byte[BatchBytes];
    private int _inputStart;
    private int _inputEnd;
    private bool _ended;
    private long _line;
    private long _blank;
    private long _crlf;
    private readonly bool _open = true;
    private (int Start, int Length, bool Set)[] _row = [];

    public JsonTableReader(SourceReader source, int fewestColumns)
        : base(source)
    {
        if (!Fill(FirstBatch))
        {
            throw Empty(source.Name);
        }

        _open = false;
        Normalise(FirstBatch);
        if (Columns.Length < fewestColumns)
        {
            TableRecord first = FirstBatch.Records[0];
            if (first.Problem is { } problem)
            {
                throw new FlowException(new Failure(
                    FailureKind.InvalidInput,
                    $"this line is {problem}",
                    "Write one JSON object a line: json.dumps(row) in Python, df.to_json(path, orient=\"records\", lines=True) in pandas, jq -c elsewhere",
                    new SourceLocation(source.Name, first.Line)));
            }

            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                "the JSON lines have fewer than two properties, but a text and a label are needed",
                "Write one object a line, such as {\"text\":\"…\",\"label\":\"…\"}",
                new SourceLocation(source.Name, 1)));
        }
    }

    public override string Format => Source.Compressed ? "jsonl.gz" : "jsonl";

    public override ReadingProfile Profile() => new()
    {
        BlankLines = _blank,
        LinesCrLf = _crlf,
        LinesLf = _line - _crlf,
        ByteOrderMark = Source.HasByteOrderMark,
        Compressed = Source.Compressed,
    };

    protected override bool Fill(RecordBatch batch)
    {
        batch.FieldCount = 0;
        batch.RecordCount = 0;
        int written = 0;
        while (written < BatchBytes && TryNextLine(out ReadOnlySpan<byte> text))
        {
            if (text.IndexOfAnyExcept(" \t\r"u8) < 0)
            {
                _blank++;
                continue;
            }

            AddRow(batch, text, ref written);
        }

        return batch.RecordCount > 0;
    }

    private bool TryNextLine(out ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int feed = _input.AsSpan(_inputStart, _inputEnd - _inputStart).IndexOf((byte)'\n');
            if (feed >= 0 || (_ended && _inputStart < _inputEnd))
            {
                int length = feed >= 0 ? feed : _inputEnd - _inputStart;
                text = _input.AsSpan(_inputStart, length);
                _inputStart = Math.Min(_inputStart + length + 1, _inputEnd);
                _line++;
                _crlf += text.EndsWith("\r"u8) ? 1 : 0;
                return true;
            }

            if (_ended)
            {
                text = default;
                return false;
            }

            _input.AsSpan(_inputStart, _inputEnd - _inputStart).CopyTo(_input);
            _inputEnd -= _inputStart;
            _inputStart = 0;
            if (_inputEnd == _input.Length)
            {
                if (_inputEnd >= MaxRecordBytes)
                {
                    throw new FlowException(new Failure(
                        FailureKind.InvalidInput,
                        $"the line is longer than {MaxRecordBytes >> 20} MB",
                        "Write one JSON object a line",
                        new SourceLocation(Source.Name, _line + 1)));
                }

                Array.Resize(ref _input, _input.Length * 2);
            }

            int read = Source.Read(_input.AsSpan(_inputEnd));
            _ended = read == 0;
            _inputEnd += read;
        }
    }

    private void AddRow(RecordBatch batch, ReadOnlySpan<byte> text, ref int written)
    {
        int firstField = batch.FieldCount;
        if (batch.Buffer.Length < written + text.Length)
        {
            byte[] more = batch.Buffer;
            Array.Resize(ref more, Math.Max(more.Length * 2, written + text.Length));
            batch.Buffer = more;
        }

        Array.Clear(_row);
        string? problem = null;
        try
        {
            problem = ReadProperties(text, batch.Buffer, ref written);
        }
        catch (JsonException e)
        {
            problem = $"not a JSON object (character {e.BytePositionInLine + 1})";
        }

        for (int i = 0; i < Columns.Length; i++)
        {
            var (start, length, set) = _row[i];
            batch.AddField(start, length, set ? FieldFlags.None : FieldFlags.Missing);
        }

        batch.AddRecord(new TableRecord(_line, firstField, Columns.Length, problem));
    }

    private string? ReadProperties(ReadOnlySpan<byte> text, byte[] target, ref int written)
    {
        var reader = new Utf8JsonReader(text);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "not a JSON object";
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Names(ref reader, "messages") && ChatMessages.TryRead(ref reader, out string asked, out string answered))
            {
                Put("prompt", asked, target, ref written);
                Put("completion", answered, target, ref written);
                continue;
            }

            int column = ColumnOf(ref reader);
            reader.Read();
            if (column < 0)
            {
                reader.Skip();
                continue;
            }

            int start = written;
            if (reader.TokenType == JsonTokenType.String)
            {
                try
                {
                    written += reader.CopyString(target.AsSpan(written));
                }
                catch (InvalidOperationException)
                {
                    // Half a surrogate pair, which a text cut in the middle of an emoji ends with.
                    written += LoneSurrogates.Unescape(reader.ValueSpan, target.AsSpan(written));
                }
            }
            else if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                int from = (int)reader.TokenStartIndex;
                reader.Skip();
                int length = (int)reader.BytesConsumed - from;
                text.Slice(from, length).CopyTo(target.AsSpan(written));
                written += length;
            }
            else if (reader.TokenType != JsonTokenType.Null)
            {
                reader.ValueSpan.CopyTo(target.AsSpan(written));
                written += reader.ValueSpan.Length;
            }

            _row[column] = (start, written - start, reader.TokenType != JsonTokenType.Null);
        }

        while (reader.Read())
        {
            // Anything behind the object is a JsonException.
        }

        return null;
    }

    /// <summary>A value that is not one property of the line but made of them.</summary>
    private void Put(string name, string value, byte[] target, ref int written)
    {
        int column = Columns.IndexOf(name);
        column = column < 0 && _open ? AddColumn(name) : column;
        if (column >= 0)
        {
            // Never longer than the line, whose escapes and keys it lacks.
            int length = Encoding.UTF8.GetBytes(value, target.AsSpan(written));
            _row[column] = (written, length, true);
            written += length;
        }
    }

    private int AddColumn(string name)
    {
        Columns = Columns.Add(name);
        Array.Resize(ref _row, Columns.Length);
        return Columns.Length - 1;
    }

    private int ColumnOf(ref Utf8JsonReader reader)
    {
        for (int i = 0; i < Columns.Length; i++)
        {
            if (Names(ref reader, Columns[i]))
            {
                return i;
            }
        }

        if (!_open)
        {
            return -1;
        }

        return AddColumn(LoneSurrogates.Text(ref reader));
    }

    private static bool Names(ref Utf8JsonReader reader, string column)
    {
        try
        {
            return reader.ValueTextEquals(column);
        }
        catch (InvalidOperationException)
        {
            return LoneSurrogates.Text(ref reader) == column;
        }
    }

    /// <summary>Rows read while columns were still being met have fewer fields; now all get the same number.</summary>
    private void Normalise(RecordBatch batch)
    {
        var old = batch.Fields.AsSpan(0, batch.FieldCount).ToArray();
        batch.FieldCount = 0;
        for (int i = 0; i < batch.RecordCount; i++)
        {
            TableRecord record = batch.Records[i];
            int firstField = batch.FieldCount;
            for (int c = 0; c < Columns.Length; c++)
            {
                Field field = c < record.Fields ? old[record.FirstField + c] : new Field(0, 0, FieldFlags.Missing);
                batch.AddField(field.Start, field.Length, field.Flags);
            }

            batch.Records[i] = record with { FirstField = firstField, Fields = Columns.Length };
        }
    }
}
