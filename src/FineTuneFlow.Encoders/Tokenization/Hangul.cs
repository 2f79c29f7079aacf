namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>Canonical decomposition of Hangul syllables (The Unicode Standard, section 3.12).</summary>
internal static class Hangul
{
    public const int First = 0xAC00;
    public const int Last = 0xD7A3;
    private const int Leading = 0x1100;
    private const int Vowel = 0x1161;
    private const int Trailing = 0x11A7;
    private const int Vowels = 21;
    private const int Trailings = 28;

    public static string Decompose(int syllable)
    {
        int index = syllable - First;
        char leading = (char)(Leading + (index / (Vowels * Trailings)));
        char vowel = (char)(Vowel + (index % (Vowels * Trailings) / Trailings));
        int trailing = index % Trailings;
        return trailing == 0 ? $"{leading}{vowel}" : $"{leading}{vowel}{(char)(Trailing + trailing)}";
    }
}
