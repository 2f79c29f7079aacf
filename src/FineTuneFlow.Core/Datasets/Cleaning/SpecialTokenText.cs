namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Texts such as <c>&lt;|endoftext|&gt;</c> fail a fine-tuning job; spaces inside the brackets make them ordinary text.</summary>
internal static class SpecialTokenText
{
    private const int LongestName = 64;

    /// <summary>Writes each <c>&lt;|name|&gt;</c> as <c>&lt; |name| &gt;</c>.</summary>
    public static ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> text, out bool found)
    {
        found = false;
        byte[] target = [];
        int written = 0;
        int copied = 0;
        for (int at = text.IndexOf("<|"u8); at >= 0;)
        {
            // A name holds none of these itself, so that the brackets inside others are found too.
            int close = text[(at + 2)..Math.Min(text.Length, at + 2 + LongestName)].IndexOfAny("<|>"u8);
            int next = at + 2;
            if (close > 0 && text[(at + 2 + close)..].StartsWith("|>"u8))
            {
                if (!found)
                {
                    // Two bytes more for each five-byte token at the least.
                    target = new byte[(text.Length * 2) + 2];
                    found = true;
                }

                int end = at + 2 + close;
                Append(text[copied..(at + 1)], target, ref written);
                target[written++] = (byte)' ';
                Append(text[(at + 1)..(end + 1)], target, ref written);
                target[written++] = (byte)' ';
                copied = end + 1;
                next = end + 2;
            }

            int more = text[next..].IndexOf("<|"u8);
            at = more < 0 ? -1 : next + more;
        }

        if (!found)
        {
            return text;
        }

        Append(text[copied..], target, ref written);
        return target.AsSpan(0, written);
    }

    private static void Append(ReadOnlySpan<byte> part, byte[] target, ref int written)
    {
        part.CopyTo(target.AsSpan(written));
        written += part.Length;
    }
}
