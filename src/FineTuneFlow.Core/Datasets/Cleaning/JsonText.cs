using System.Text;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>JSON string escaping of UTF-8, no more than RFC 8259 asks.</summary>
internal static class JsonText
{
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

    public static byte[] Escape(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] target = new byte[MaxLength(utf8.Length)];
        return target[..Escape(utf8, target)];
    }
}
