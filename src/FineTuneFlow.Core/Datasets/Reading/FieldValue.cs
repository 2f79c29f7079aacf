namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Undoes the quoting of a field.</summary>
internal static class FieldValue
{
    /// <summary>The field's value; a slice of the batch where nothing is to be undone, else written to
    /// <paramref name="scratch"/>, which grows as needed.</summary>
    public static ReadOnlySpan<byte> Of(RecordBatch batch, in Field field, ref byte[] scratch)
    {
        ReadOnlySpan<byte> raw = batch.Raw(field);
        if ((field.Flags & ~(FieldFlags.Quoted | FieldFlags.Missing | FieldFlags.SingleQuotes)) == 0)
        {
            return raw;
        }

        if (scratch.Length < raw.Length)
        {
            scratch = new byte[Math.Max(raw.Length, scratch.Length * 2)];
        }

        byte quote = (field.Flags & FieldFlags.SingleQuotes) != 0 ? (byte)'\'' : (byte)'"';
        int length = (field.Flags & ~FieldFlags.SingleQuotes) switch
        {
            FieldFlags.Quoted | FieldFlags.DoubledQuotes => Undouble(raw, quote, scratch),
            FieldFlags.Escaped => Unescape(raw, scratch),
            _ => Unquote(raw, field.Flags, quote, scratch),
        };
        return scratch.AsSpan(0, length);
    }

    /// <summary>By far the most frequent case, a run between two quotes at a time.</summary>
    private static int Undouble(ReadOnlySpan<byte> raw, byte quoteByte, Span<byte> target)
    {
        int written = 0;
        while (true)
        {
            int quote = raw.IndexOf(quoteByte);
            if (quote < 0)
            {
                raw.CopyTo(target[written..]);
                return written + raw.Length;
            }

            raw[..(quote + 1)].CopyTo(target[written..]);
            written += quote + 1;
            raw = raw[Math.Min(quote + 2, raw.Length)..];
        }
    }

    private static int Unquote(ReadOnlySpan<byte> raw, FieldFlags flags, byte quote, Span<byte> target)
    {
        bool backslash = (flags & FieldFlags.BackslashQuotes) != 0;
        bool inQuotes = true;
        int written = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte c = raw[i];
            byte next = i + 1 < raw.Length ? raw[i + 1] : (byte)0;
            if (inQuotes && c == quote && next == quote)
            {
                i++;
            }
            else if (inQuotes && backslash && c == '\\' && (next == quote || next == '\\'))
            {
                c = next;
                i++;
            }
            else if (inQuotes && c == quote && (flags & FieldFlags.TextAfterQuote) != 0)
            {
                inQuotes = false;
                continue;
            }

            target[written++] = c;
        }

        return written;
    }

    private static int Unescape(ReadOnlySpan<byte> raw, Span<byte> target)
    {
        int written = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            i += raw[i] == '\\' && i + 1 < raw.Length ? 1 : 0;
            target[written++] = raw[i];
        }

        return written;
    }
}
