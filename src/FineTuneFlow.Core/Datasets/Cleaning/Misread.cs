using System.Text;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Recognises a character of UTF-8 whose bytes were read as Windows-1252 and saved again: é became Ã©, ’ became â€™.</summary>
internal static class Misread
{
    /// <summary>What Windows-1252 makes of the bytes 0x80 to 0x9F; the bytes 0xA0 to 0xBF are the characters of these numbers.</summary>
    private const string Low = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

    /// <param name="lead">A character that would be the first byte of a character of two to four bytes: U+00C2 to U+00F4.</param>
    /// <param name="rest">The text behind it, well-formed UTF-8.</param>
    public static bool StartsWithOne(int lead, ReadOnlySpan<byte> rest)
    {
        int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        bool symbol = false;
        for (int i = 0; i < more; i++)
        {
            if (rest.IsEmpty || rest[0] < 0x80 || Rune.DecodeFromUtf8(rest, out Rune rune, out int length) != System.Buffers.OperationStatus.Done
                || !IsContinuation(rune.Value))
            {
                return false;
            }

            // Two letters may stand together in a word, as in "Üñ", and a quote or dots behind one; another sign hardly does.
            symbol |= more > 1 || (!Rune.IsLetter(rune) && rune.Value is not (0xBB or 0x2019 or 0x201D or 0x2026 or 0x203A));
            rest = rest[length..];
        }

        return symbol;
    }

    private static bool IsContinuation(int character) =>
        character is >= 0xA0 and <= 0xBF || (character < 0x10000 && Low.Contains((char)character, StringComparison.Ordinal));
}
