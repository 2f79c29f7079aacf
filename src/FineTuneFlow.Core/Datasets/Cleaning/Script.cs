namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Scripts that differ in how many characters a token holds.</summary>
internal enum Script : byte { Latin, Cyrillic, Greek, Arabic, Hebrew, Indic, Thai, Ethiopic, Han, Kana, Hangul, Symbols, Other }

internal static class Scripts
{
    public const int Count = 13;

    /// <summary>Tokens a character, the middle of the estimate, from the vocabularies of cl100k and o200k on ordinary prose.</summary>
    private static readonly double[] TokensPerCharacter = [0.24, 0.42, 0.6, 0.5, 0.7, 0.75, 0.75, 1.8, 0.95, 0.8, 0.85, 1.2, 0.9];

    public const double LowFactor = 0.75;
    public const double HighFactor = 1.4;

    public static Script Of(int c) => c switch
    {
        < 0x250 => Script.Latin,
        < 0x370 => Script.Other,
        < 0x400 => Script.Greek,
        < 0x530 => Script.Cyrillic,
        < 0x590 => Script.Other,
        < 0x600 => Script.Hebrew,
        < 0x780 => Script.Arabic,
        < 0x900 => Script.Other,
        < 0xE00 => Script.Indic,
        < 0xE80 => Script.Thai,
        >= 0x1100 and < 0x1200 => Script.Hangul,
        >= 0x1200 and < 0x13A0 => Script.Ethiopic,
        >= 0x1E00 and < 0x1F00 => Script.Latin,
        >= 0x1F00 and < 0x2000 => Script.Greek,
        >= 0x2010 and < 0x2028 => Script.Latin,
        >= 0x2000 and < 0x2E00 => Script.Symbols,
        >= 0x3040 and < 0x3100 => Script.Kana,
        >= 0x2E80 and < 0xA000 => Script.Han,
        >= 0xAC00 and < 0xD7B0 => Script.Hangul,
        >= 0xF900 and < 0xFB00 => Script.Han,
        >= 0xFB50 and < 0xFE00 => Script.Arabic,
        >= 0xFE70 and < 0xFF00 => Script.Arabic,
        >= 0x1F000 and < 0x20000 => Script.Symbols,
        >= 0x20000 and < 0x40000 => Script.Han,
        _ => Script.Other,
    };

    /// <summary>The middle of the token estimate for so many characters of each script.</summary>
    public static int Tokens(ReadOnlySpan<int> characters)
    {
        double tokens = 0;
        for (int s = 0; s < Count; s++)
        {
            tokens += characters[s] * TokensPerCharacter[s];
        }

        return Math.Max(1, (int)Math.Ceiling(tokens));
    }

    public static int LatinTokens(int characters) => Math.Max(1, (int)Math.Ceiling(characters * TokensPerCharacter[0]));

    public static TokenRange Range(long middle) =>
        new((long)(middle * LowFactor), middle, (long)Math.Ceiling(middle * HighFactor));
}
