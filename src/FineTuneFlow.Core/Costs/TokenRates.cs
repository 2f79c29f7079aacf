using System.Collections.Immutable;
using System.Text;

namespace FineTuneFlow.Core.Costs;

/// <summary>How many characters make a token, by script. There is no tokenizer to be had here, so these are ranges: the low end
/// is what a vocabulary of 100,000 entries (cl100k, of the older models) makes of short and careless text, the high end what
/// one of 200,000 (o200k) makes of running prose.</summary>
internal static class TokenRates
{
    private static readonly ImmutableArray<(double Least, double Likely, double Most)> CharactersPerToken =
    [
        (3.2, 4.2, 5.0),    // Latin
        (1.3, 2.2, 3.5),    // ExtendedLatin
        (1.0, 1.6, 3.0),    // Greek
        (1.6, 2.6, 4.0),    // Cyrillic
        (0.9, 1.5, 3.0),    // Hebrew
        (1.1, 1.9, 3.4),    // Arabic
        (0.6, 1.2, 3.0),    // Indic
        (0.7, 1.3, 2.8),    // Thai
        (0.33, 0.45, 1.2),  // Ethiopic: nearly a token for each of its three bytes
        (0.6, 1.1, 1.9),    // Hangul
        (0.7, 1.1, 1.7),    // Kana
        (0.6, 0.9, 1.5),    // Han
        (0.25, 0.45, 1.0),  // Emoji: one to four tokens each
        (1.0, 2.2, 3.0),    // Digits: groups of up to three
        (0.3, 0.6, 1.5),    // Other
    ];

    /// <summary>Tokens of one character of the script.</summary>
    internal static Estimate PerCharacter(Script script)
    {
        (double least, double likely, double most) = CharactersPerToken[(int)script];
        return new Estimate(1 / most, 1 / likely, 1 / least);
    }

    /// <summary>The script that a character counts for.</summary>
    public static Script Of(Rune rune) => rune.Value switch
    {
        >= '0' and <= '9' => Script.Digits,
        < 0x80 => Script.Latin,
        < 0x250 or (>= 0x1E00 and < 0x1F00) => Script.ExtendedLatin,
        // Combining marks, curly quotes, dashes and the like: a token each more often than not.
        (>= 0x300 and < 0x370) or (>= 0x2010 and < 0x2070) => Script.ExtendedLatin,
        (>= 0x370 and < 0x400) or (>= 0x1F00 and < 0x2000) => Script.Greek,
        >= 0x400 and < 0x530 => Script.Cyrillic,
        >= 0x590 and < 0x600 => Script.Hebrew,
        (>= 0x600 and < 0x780) or (>= 0x8A0 and < 0x900) or (>= 0xFB50 and < 0xFE00) or (>= 0xFE70 and < 0xFEFF) => Script.Arabic,
        >= 0x900 and < 0xE00 => Script.Indic,
        >= 0xE00 and < 0xE80 => Script.Thai,
        (>= 0x1200 and < 0x13A0) or (>= 0x2D80 and < 0x2DE0) or (>= 0xAB00 and < 0xAB30) => Script.Ethiopic,
        (>= 0x1100 and < 0x1200) or (>= 0x3130 and < 0x3190) or (>= 0xAC00 and < 0xD7B0) => Script.Hangul,
        >= 0x3040 and < 0x3100 => Script.Kana,
        (>= 0x3000 and < 0x3040) or (>= 0x3400 and < 0xA000) or (>= 0xF900 and < 0xFB00) or (>= 0xFF00 and < 0xFFF0) or (>= 0x20000 and < 0x33480)
            => Script.Han,
        0x200D or (>= 0x2190 and < 0x2C00) or (>= 0xFE00 and < 0xFE10) or (>= 0x1F000 and < 0x1FB00) or (>= 0xE0000 and < 0xE0080) => Script.Emoji,
        _ => Script.Other,
    };
}
