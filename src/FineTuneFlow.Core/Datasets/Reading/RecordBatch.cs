namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>A run of whole records in one buffer: what a reader hands to the cleaning threads.</summary>
internal sealed class RecordBatch(byte[] buffer)
{
    public byte[] Buffer { get; set; } = buffer;
    public Field[] Fields { get; set; } = new Field[4096];
    public int FieldCount { get; set; }
    public TableRecord[] Records { get; set; } = new TableRecord[512];
    public int RecordCount { get; set; }

    public void AddField(int start, int length, FieldFlags flags)
    {
        if (FieldCount == Fields.Length)
        {
            Field[] more = Fields;
            Array.Resize(ref more, more.Length * 2);
            Fields = more;
        }

        Fields[FieldCount++] = new Field(start, length, flags);
    }

    public void AddRecord(in TableRecord record)
    {
        if (RecordCount == Records.Length)
        {
            TableRecord[] more = Records;
            Array.Resize(ref more, more.Length * 2);
            Records = more;
        }

        Records[RecordCount++] = record;
    }

    public ReadOnlySpan<byte> Raw(in Field field) => Buffer.AsSpan(field.Start, field.Length);
}

/// <param name="Start">Offset in the batch's buffer, behind an opening quote.</param>
/// <param name="Length">Bytes up to the closing quote or the field's end.</param>
/// <param name="Flags">What must be undone to get the value.</param>
internal readonly record struct Field(int Start, int Length, FieldFlags Flags);

[Flags]
internal enum FieldFlags : byte
{
    None = 0,
    Quoted = 1,
    DoubledQuotes = 2,
    BackslashQuotes = 4,
    /// <summary>Text follows the closing quote: the value is the quoted part and that text.</summary>
    TextAfterQuote = 8,
    /// <summary>The field is absent (a JSONL object without the property).</summary>
    Missing = 16,
    /// <summary>An unquoted field in which backslashes escape.</summary>
    Escaped = 32,
    /// <summary>Quoted by ' instead of ".</summary>
    SingleQuotes = 64,
}

/// <param name="Line">Physical line on which the record begins, from 1.</param>
/// <param name="FirstField">Index in the batch's fields.</param>
/// <param name="Fields">Number of fields.</param>
/// <param name="Problem">Why the record cannot be used; null for a good one.</param>
/// <param name="LineBreaks">Whether a cell goes over several lines.</param>
internal readonly record struct TableRecord(long Line, int FirstField, int Fields, string? Problem = null, bool LineBreaks = false);
