using System.Globalization;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>How probable a text is in a language, by its characters outside ASCII: the logarithm of a rough letter frequency (the rank
/// decides), less where a letter stands beside one of another script or a capital stands in a word.</summary>
internal static class LetterScore
{
    private const double Unusual = -8;
    private const double UnlistedOfScript = -9;
    private const double Symbol = -9;
    private const double Impossible = -14;
    private const double Quote = -2.5;
    private const double OtherScript = -4;
    private const double CapitalInside = -3;
    private const double SymbolInside = -4;
    private const string UsualMarks = "’‘“”–—…«»„‚ \u00a0€°№©®™·•¿¡、。，！？「」『』：；（）《》・～ー";

    private static readonly Dictionary<string, Dictionary<char, double>> Tables = [];
    private static readonly Lock TablesLock = new();

    /// <param name="text">Decoded.</param>
    /// <param name="letters">The language's letters, the most frequent first.</param>
    /// <returns>Nats, at most 0.</returns>
    public static double Of(string text, string letters)
    {
        Dictionary<char, double> table = Table(letters);
        double score = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < 0x80)
            {
                continue;
            }

            char before = i > 0 ? text[i - 1] : ' ';
            char after = i + 1 < text.Length ? text[i + 1] : ' ';
            score += Character(c, table) + Neighbours(c, before, after);
        }

        return score;
    }

    private static double Character(char c, Dictionary<char, double> table)
    {
        if (table.TryGetValue(char.ToLowerInvariant(c), out double known))
        {
            return known;
        }

        if (UsualMarks.Contains(c, StringComparison.Ordinal))
        {
            return Quote;
        }

        return char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.OtherLetter => UnlistedOfScript,
            UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.NonSpacingMark => Unusual,
            UnicodeCategory.Control or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => Impossible,
            _ => c == '\uFFFD' ? Impossible : Symbol,
        };
    }

    private static double Neighbours(char c, char before, char after)
    {
        if (!char.IsLetter(c))
        {
            // A vowel or tone that stands above a letter is of its script; only the accents below U+0370 are of any.
            if (c > '\u036f' && char.IsLetter(before) && Script(before) != Script(c) && char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
            {
                return OtherScript;
            }

            return char.IsLetter(before) && char.IsLetter(after) && c != '’' && Script(c) == 0 && !UsualMarks.Contains(c, StringComparison.Ordinal) ? SymbolInside : 0;
        }

        double score = 0;
        foreach (char beside in (ReadOnlySpan<char>)[before, after])
        {
            score += char.IsLetter(beside) && Script(beside) != Script(c) ? OtherScript : 0;
        }

        return score + (char.IsUpper(c) && char.IsLower(before) ? CapitalInside : 0) + (char.IsLower(c) && char.IsUpper(before) && char.IsUpper(after) ? CapitalInside : 0);
    }

    private static int Script(char c) => c switch
    {
        < '\u0250' => 1,
        < '\u0400' => 2,
        < '\u0530' => 3,
        < '\u0600' => 4,
        < '\u0780' => 5,
        >= '\u0e00' and < '\u0e80' => 6,
        >= '\u3040' and < '\ua000' => 7,
        >= '\uac00' and < '\ud7b0' => 8,
        _ => 0,
    };

    private static Dictionary<char, double> Table(string letters)
    {
        lock (TablesLock)
        {
            if (!Tables.TryGetValue(letters, out Dictionary<char, double>? table))
            {
                double sum = Enumerable.Range(0, letters.Length).Sum(rank => Weight(rank));
                table = [];
                for (int rank = 0; rank < letters.Length; rank++)
                {
                    table.TryAdd(letters[rank], Math.Log(Weight(rank) / sum));
                }

                Tables[letters] = table;
            }

            return table;
        }
    }

    // Letters fall off more slowly than words do.
    private static double Weight(int rank) => 1.0 / (rank + 6);
}
