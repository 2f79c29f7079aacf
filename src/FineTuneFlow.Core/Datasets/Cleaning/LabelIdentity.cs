using System.Globalization;
using System.Text;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>What makes two spellings the same label: numbers of the same value (1, 1.0 and 1e0), and words that differ only in case,
/// white space, full-width forms, joiners and variation selectors.</summary>
internal static class LabelIdentity
{
    private const int FullWidthFirst = 0xFF01;
    private const int FullWidthLast = 0xFF5E;
    private const int FullWidthOffset = FullWidthFirst - '!';

    /// <param name="label">As <see cref="LabelReader.Tidy"/> leaves it.</param>
    public static string Of(string label)
    {
        string plain = IsPlain(label) ? label.ToLowerInvariant() : Fold(label);
        return Number(plain) is { } number ? number.ToString(CultureInfo.InvariantCulture) : plain;
    }

    /// <summary>The label as a number of a form in which equal values are equal texts (no trailing zeros); null where it is none.</summary>
    public static decimal? Number(string label)
    {
        bool maybe = label.Length > 0 && (char.IsAsciiDigit(label[0]) || label[0] is '-' or '+' or '.');
        return maybe && decimal.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value)
            ? value / 1.0000000000000000000000000000m
            : null;
    }

    private static bool IsPlain(string label)
    {
        foreach (char c in label)
        {
            if (c >= 0x80)
            {
                return false;
            }
        }

        return true;
    }

    private static string Fold(string label)
    {
        var folded = new StringBuilder(label.Length);
        foreach (Rune rune in label.EnumerateRunes())
        {
            if (CharacterClasses.IsInvisible(rune.Value))
            {
                continue;
            }

            switch (rune.Value)
            {
                case >= FullWidthFirst and <= FullWidthLast:
                    folded.Append(char.ToLowerInvariant((char)(rune.Value - FullWidthOffset)));
                    break;
                // Upper case writes these as SS, and as an I with or without its dot.
                case 'ß' or 'ẞ':
                    folded.Append("ss");
                    break;
                case 'ı' or 'İ':
                    folded.Append('i');
                    break;
                default:
                    // Up first: some small letters (µ, ς) share their capital with another small letter.
                    folded.Append(Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)));
                    break;
            }
        }

        return folded.ToString();
    }
}
