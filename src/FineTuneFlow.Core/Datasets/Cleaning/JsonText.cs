using System.Text;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>JSON string escaping of UTF-8, no more than RFC 8259 asks.</summary>
internal static class JsonText
{
    /// <summary>For messages: quoted and escaped, or "nothing".</summary>
    public static string Shown(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? "nothing" : $"\"{System.Text.Json.JsonEncodedText.Encode(utf8, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <summary>Bytes that escaping may write for a text of this length.</summary>
    public static int MaxLength(int length) => length * 6;

    /// <summary>Writes the escaped text without quotes; the target has <see cref="MaxLength"/>.</summary>
    public static int Escape(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int written = 0;
        while (true)
        {
            int plain = AsciiText.FirstEscaped(text);
            if (plain == text.Length)
            {
                text.CopyTo(target[written..]);
                return written + text.Length;
            }

            text[..plain].CopyTo(target[written..]);
            written += plain;
            byte b = text[plain];
            target[written++] = (byte)'\\';
            byte letter = b switch
            {
                (byte)'"' or (byte)'\\' => b,
                (byte)'\n' => (byte)'n',
                (byte)'\t' => (byte)'t',
                (byte)'\r' => (byte)'r',
                _ => (byte)'u',
            };
            target[written++] = letter;
            if (letter == 'u')
            {
                "00"u8.CopyTo(target[written..]);
                target[written + 2] = (byte)('0' + (b >> 4));
                target[written + 3] = (byte)"0123456789abcdef"[b & 15];
                written += 4;
            }

            text = text[(plain + 1)..];
        }
    }

    /// <summary>Undoes the escaping up to the closing quote or the end.</summary>
    /// <param name="escaped">Behind the opening quote.</param>
    /// <param name="target">As long as <paramref name="escaped"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        int written = 0;
        while (true)
        {
            int plain = AsciiText.FirstEscaped(escaped);
            escaped[..plain].CopyTo(target[written..]);
            written += plain;
            if (escaped.Length - plain < 2 || escaped[plain] == '"')
            {
                return written;
            }

            byte letter = escaped[plain + 1];
            escaped = escaped[(plain + 2)..];
            if (letter == 'u')
            {
                // Only control characters are escaped so; surrogates never are.
                written += new Rune(Convert.ToInt32(Encoding.ASCII.GetString(escaped[..4]), 16)).EncodeToUtf8(target[written..]);
                escaped = escaped[4..];
            }
            else
            {
                target[written++] = letter switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'t' => (byte)'\t',
                    (byte)'r' => (byte)'\r',
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    _ => letter,
                };
            }
        }
    }

    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        byte[] utf8 = new byte[escaped.Length];
        return Encoding.UTF8.GetString(utf8, 0, Unescape(escaped, utf8));
    }

    public static byte[] Escape(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] target = new byte[MaxLength(utf8.Length)];
        return target[..Escape(utf8, target)];
    }
}
