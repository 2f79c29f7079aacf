using System.Text;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Unicode canonical composition (NFC, Unicode Standard Annex 15). The product runs with invariant globalisation, in which
/// .NET does not normalise; a table of its own also gives the same bytes on every machine, whatever ICU it has.</summary>
internal static class Composition
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int Vowels = 21;
    private const int Tails = 28;
    private const int Syllables = 19 * Vowels * Tails;

    /// <summary>Whether a text with this character (U+0300 or above) may not be in NFC.</summary>
    public static bool MayChange(int character) =>
        character is < 0x2010 or > 0x2027 && (character is (>= VowelBase and < 0x11C3) || CompositionTable.MayChange(character));

    public static byte[] ToNfc(ReadOnlySpan<byte> utf8)
    {
        var characters = new List<int>(utf8.Length);
        foreach (Rune rune in Encoding.UTF8.GetString(utf8).EnumerateRunes())
        {
            Decompose(rune.Value, characters);
        }

        Order(characters);
        int length = Compose(characters);
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++)
        {
            text.Append(char.ConvertFromUtf32(characters[i]));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Decompose(int character, List<int> target)
    {
        int syllable = character - HangulBase;
        if (syllable is >= 0 and < Syllables)
        {
            target.Add(LeadBase + (syllable / (Vowels * Tails)));
            target.Add(VowelBase + (syllable % (Vowels * Tails) / Tails));
            if (syllable % Tails > 0)
            {
                target.Add(TailBase + (syllable % Tails));
            }
        }
        else if (CompositionTable.TryDecompose(character, out int first, out int second))
        {
            Decompose(first, target);
            if (second != 0)
            {
                Decompose(second, target);
            }
        }
        else
        {
            target.Add(character);
        }
    }

    /// <summary>Combining characters behind one base in the order of their classes, stable within a class.</summary>
    private static void Order(List<int> characters)
    {
        for (int i = 1; i < characters.Count; i++)
        {
            int character = characters[i];
            byte own = ClassOf(character);
            int at = i;
            while (own > 0 && at > 0 && ClassOf(characters[at - 1]) > own)
            {
                characters[at] = characters[at - 1];
                at--;
            }

            characters[at] = character;
        }
    }

    private static int Compose(List<int> characters)
    {
        int starter = -1;
        int written = 0;
        int lastClass = -1;
        foreach (int character in characters.ToArray())
        {
            int own = ClassOf(character);
            if (starter >= 0 && lastClass < own && Pair(characters[starter], character) is { } composed)
            {
                characters[starter] = composed;
                continue;
            }

            if (own == 0)
            {
                starter = written;
                lastClass = -1;
            }
            else
            {
                lastClass = own;
            }

            characters[written++] = character;
        }

        return written;
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + 19 && second is >= VowelBase and < VowelBase + Vowels)
        {
            return HangulBase + ((((first - LeadBase) * Vowels) + second - VowelBase) * Tails);
        }

        int syllable = first - HangulBase;
        if (syllable is >= 0 and < Syllables && syllable % Tails == 0 && second is > TailBase and < TailBase + Tails)
        {
            return first + second - TailBase;
        }

        return CompositionTable.Compose(first, second);
    }

    private static byte ClassOf(int character) => character < 0x300 ? (byte)0 : CompositionTable.ClassOf(character);
}
