using System.Text;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Which script a text is mostly written in, by the Unicode blocks of its letters.</summary>
internal static class WritingSystem
{
    public const string None = "no letters";

    // Blocks in ascending order (Unicode 16, Blocks.txt); letters outside them are "other".
    private static readonly (int From, int To, string Name)[] Blocks =
    [
        (0x0041, 0x024F, "Latin"), (0x0250, 0x02AF, "Latin"), (0x0370, 0x03FF, "Greek"), (0x0400, 0x052F, "Cyrillic"),
        (0x0530, 0x058F, "Armenian"), (0x0590, 0x05FF, "Hebrew"), (0x0600, 0x077F, "Arabic"), (0x08A0, 0x08FF, "Arabic"),
        (0x0900, 0x097F, "Devanagari"), (0x0980, 0x09FF, "Bengali"), (0x0A00, 0x0A7F, "Gurmukhi"), (0x0A80, 0x0AFF, "Gujarati"),
        (0x0B00, 0x0B7F, "Oriya"), (0x0B80, 0x0BFF, "Tamil"), (0x0C00, 0x0C7F, "Telugu"), (0x0C80, 0x0CFF, "Kannada"),
        (0x0D00, 0x0D7F, "Malayalam"), (0x0D80, 0x0DFF, "Sinhala"), (0x0E00, 0x0E7F, "Thai"), (0x0E80, 0x0EFF, "Lao"),
        (0x0F00, 0x0FFF, "Tibetan"), (0x1000, 0x109F, "Myanmar"), (0x10A0, 0x10FF, "Georgian"), (0x1100, 0x11FF, "Hangul"),
        (0x1200, 0x139F, "Ethiopic"), (0x1780, 0x17FF, "Khmer"), (0x1E00, 0x1EFF, "Latin"), (0x1F00, 0x1FFF, "Greek"),
        (0x2C60, 0x2C7F, "Latin"), (0x2D80, 0x2DDF, "Ethiopic"), (0x3040, 0x30FF, "Kana"), (0x3130, 0x318F, "Hangul"),
        (0x3400, 0x4DBF, "Han"), (0x4E00, 0x9FFF, "Han"), (0xA720, 0xA7FF, "Latin"), (0xAB00, 0xAB2F, "Ethiopic"),
        (0xAC00, 0xD7AF, "Hangul"), (0xF900, 0xFAFF, "Han"), (0xFB50, 0xFDFF, "Arabic"), (0xFE70, 0xFEFF, "Arabic"),
        (0xFF21, 0xFF5A, "Latin"), (0x20000, 0x323AF, "Han"),
    ];

    private static readonly string[] Names = [.. Blocks.Select(block => block.Name).Append("other").Distinct().Order(StringComparer.Ordinal)];
    private static readonly int[] ScriptOfBlock = [.. Blocks.Select(block => block.Name).Append("other").Select(name => Array.IndexOf(Names, name))];
    private static readonly int Kana = Array.IndexOf(Names, "Kana");

    /// <summary>Name of the script with the most letters (Japanese, with its mixture of Kana and Han, is Kana from a fifth on), or
    /// <see cref="None"/>.</summary>
    public static string Of(string text)
    {
        Span<int> letters = stackalloc int[Names.Length];
        letters.Clear();
        int total = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value < 0x80 ? char.IsAsciiLetter((char)rune.Value) : Rune.IsLetter(rune))
            {
                letters[ScriptOfBlock[rune.Value < 0x80 ? 0 : BlockOf(rune.Value)]]++;
                total++;
            }
        }

        if (total == 0)
        {
            return None;
        }

        if (letters[Kana] * 5 >= total)
        {
            return Names[Kana];
        }

        int most = 0;
        for (int i = 1; i < letters.Length; i++)
        {
            most = letters[i] > letters[most] ? i : most;
        }

        return Names[most];
    }

    private static int BlockOf(int value)
    {
        (int low, int high) = (0, Blocks.Length - 1);
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (value < Blocks[middle].From)
            {
                high = middle - 1;
            }
            else if (value > Blocks[middle].To)
            {
                low = middle + 1;
            }
            else
            {
                return middle;
            }
        }

        return Blocks.Length;
    }
}
