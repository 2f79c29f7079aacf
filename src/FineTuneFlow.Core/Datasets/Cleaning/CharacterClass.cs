using System.Text;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>What cleaning does with a character outside ASCII.</summary>
internal enum CharacterClass { Keep, Drop, Space, LineBreak }

internal static class CharacterClasses
{
    /// <summary>Zero-width and directional marks, soft hyphens, control characters and non-characters go; joiners stay, since
    /// emoji and several scripts need them (they do not count in a text's identity).</summary>
    public static CharacterClass Of(Rune rune)
    {
        int c = rune.Value;
        if (c < 0xA0)
        {
            return c == 0x85 ? CharacterClass.LineBreak : CharacterClass.Drop;
        }

        if (c < 0x2000)
        {
            return c switch
            {
                0xA0 or 0x1680 => CharacterClass.Space,
                0xAD or 0x180E or 0x061C => CharacterClass.Drop,
                _ => CharacterClass.Keep,
            };
        }

        return c switch
        {
            <= 0x200A or 0x202F or 0x205F or 0x3000 => CharacterClass.Space,
            0x200B or 0x200E or 0x200F or 0xFEFF => CharacterClass.Drop,
            0x2028 or 0x2029 => CharacterClass.LineBreak,
            >= 0x202A and <= 0x202E => CharacterClass.Drop,
            >= 0x2060 and <= 0x2064 => CharacterClass.Drop,
            >= 0x2066 and <= 0x206F => CharacterClass.Drop,
            >= 0xFFF9 and <= 0xFFFB => CharacterClass.Drop,
            >= 0xFDD0 and <= 0xFDEF => CharacterClass.Drop,
            _ => (c & 0xFFFE) == 0xFFFE ? CharacterClass.Drop : CharacterClass.Keep,
        };
    }

    /// <summary>Characters that a text's identity ignores: joiners and variation selectors.</summary>
    public static bool IsInvisible(int c) => c is 0x200C or 0x200D or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);
}
