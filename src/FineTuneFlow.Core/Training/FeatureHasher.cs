using System.Globalization;
using FineTuneFlow.Core.Randomness;

namespace FineTuneFlow.Core.Training;

/// <summary>Turns a text into hashed n-grams.</summary>
internal sealed class FeatureHasher(TextFeatureOptions options)
{
    /// <summary>What follows is not looked at, as a model's context window ends somewhere: bounds the work for a 10 MB cell.</summary>
    public const int MaximumCharacters = 20_000;

    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private readonly int _shift = 64 - options.HashBits;

    /// <summary>Fills the scratch with the text's buckets in ascending order and their counts.</summary>
    public void Extract(ReadOnlySpan<char> text, FeatureScratch scratch)
    {
        scratch.Clear();
        int length = Math.Min(text.Length, MaximumCharacters);
        Span<char> lower = scratch.Lower(length);
        text[..length].ToLowerInvariant(lower);

        ulong previous = 0;
        ulong beforePrevious = 0;
        int at = 0;
        while (at < length)
        {
            int size = WordLength(lower[at..]);
            if (size == 0)
            {
                at++;
                continue;
            }

            ReadOnlySpan<char> word = lower.Slice(at, size);
            at += size;
            ulong hash = Offset;
            foreach (char c in word)
            {
                hash = (hash ^ c) * Prime;
            }

            if (options.WordNgrams >= 1)
            {
                scratch.Add(Bucket(hash));
            }

            if (options.WordNgrams >= 2 && previous != 0)
            {
                ulong pair = ((previous * 3) ^ hash) * Prime;
                scratch.Add(Bucket(pair));
                if (options.WordNgrams >= 3 && beforePrevious != 0)
                {
                    scratch.Add(Bucket(((beforePrevious * 7) ^ pair) * Prime));
                }
            }

            if (options.LongestCharacterNgram > 0)
            {
                AddCharacterNgrams(word, scratch);
            }

            beforePrevious = previous;
            previous = hash;
        }

        scratch.Collapse();
    }

    private void AddCharacterNgrams(ReadOnlySpan<char> word, FeatureScratch scratch)
    {
        int padded = word.Length + 2;
        for (int start = 0; start < padded; start++)
        {
            // Another start value than that of words, so that the trigram "the" is not the word "the".
            ulong hash = Offset ^ 0x5bd1e995;
            int longest = Math.Min(options.LongestCharacterNgram, padded - start);
            for (int n = 1; n <= longest; n++)
            {
                int index = start + n - 2;
                char c = index < 0 || index >= word.Length ? ' ' : word[index];
                hash = (hash ^ c) * Prime;
                if (n >= options.ShortestCharacterNgram)
                {
                    scratch.Add(Bucket(hash));
                }
            }
        }
    }

    private int Bucket(ulong hash)
    {
        hash ^= hash >> 32;
        return (int)((hash * SplitMix64.Gamma) >> _shift);
    }

    /// <summary>Length of the word that begins here: a run of letters, digits and marks with apostrophes inside, or one symbol
    /// (an emoji, an exclamation mark); 0 at white space and controls.</summary>
    private static int WordLength(ReadOnlySpan<char> text)
    {
        char first = text[0];
        if (!IsWordCharacter(first))
        {
            if (char.IsWhiteSpace(first) || char.IsControl(first))
            {
                return 0;
            }

            return char.IsHighSurrogate(first) && text.Length > 1 && char.IsLowSurrogate(text[1]) ? 2 : 1;
        }

        int size = 1;
        while (size < text.Length && size < 40
            && (IsWordCharacter(text[size])
                || (text[size] is '\'' or '\u2019' && size + 1 < text.Length && char.IsLetter(text[size + 1]))))
        {
            size++;
        }

        return size;
    }

    private static bool IsWordCharacter(char c) =>
        char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'
        || (c > 127 && (char.IsLetterOrDigit(c)
            || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark));
}
