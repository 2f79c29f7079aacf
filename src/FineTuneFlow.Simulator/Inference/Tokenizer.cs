namespace FineTuneFlow.Simulator.Inference;

/// <summary>The simulator's tokens: pieces of words with the space before them, three digits, single signs. Not any service's
/// vocabulary, but of the same habits: " 1" and "1" are different tokens, long words are several, other scripts cost more.</summary>
internal static class Tokenizer
{
    /// <summary>Letters of a piece in ASCII.</summary>
    private const int PieceLength = 6;

    public static int Count(ReadOnlySpan<char> text)
    {
        int tokens = 0;
        while (!text.IsEmpty)
        {
            text = text[NextLength(text)..];
            tokens++;
        }

        return tokens;
    }

    public static List<string> Split(string text)
    {
        var tokens = new List<string>();
        for (int at = 0; at < text.Length;)
        {
            int length = NextLength(text.AsSpan(at));
            tokens.Add(text.Substring(at, length));
            at += length;
        }

        return tokens;
    }

    private static int NextLength(ReadOnlySpan<char> text)
    {
        int space = text[0] == ' ' && text.Length > 1 && !char.IsWhiteSpace(text[1]) ? 1 : 0;
        char first = text[space];
        if (char.IsAsciiLetter(first))
        {
            return space + Run(text[space..], char.IsAsciiLetter, PieceLength);
        }

        if (char.IsAsciiDigit(first))
        {
            return space + Run(text[space..], char.IsAsciiDigit, 3);
        }

        if (char.IsWhiteSpace(first))
        {
            return Run(text, char.IsWhiteSpace, 16);
        }

        if (char.IsHighSurrogate(first))
        {
            return space + Math.Min(2, text.Length - space);
        }

        // Latin with accents, Greek, Cyrillic: about two letters a token; from Arabic on, one.
        return space + (first > 127 && first < 0x0530 && char.IsLetter(first) ? Run(text[space..], char.IsLetter, 2) : 1);
    }

    private static int Run(ReadOnlySpan<char> text, Func<char, bool> belongs, int longest)
    {
        int length = 1;
        while (length < longest && length < text.Length && belongs(text[length]))
        {
            length++;
        }

        return length;
    }
}
