using System.Buffers;

namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>Cuts texts into the word pieces of a BERT vocabulary, equal to Hugging Face's tokenizers. Immutable; safe for
/// concurrent use.</summary>
public sealed class WordPieceTokenizer
{
    [ThreadStatic]
    private static WordBuffer? t_words;

    private readonly WordCutter cutter;
    private readonly SearchValues<string> specials;
    private readonly (string Token, int Id)[] specialIds;
    private readonly int unknown;
    private readonly int start;
    private readonly int end;

    /// <exception cref="Core.Failures.FlowException">InvalidInput: the vocabulary lacks one of the special tokens.</exception>
    public WordPieceTokenizer(Vocabulary vocabulary, TokenizerOptions options)
    {
        Vocabulary = vocabulary;
        Options = options;
        cutter = new WordCutter(options);
        unknown = vocabulary.Of(options.Unknown);
        start = vocabulary.Of(options.Start);
        end = vocabulary.Of(options.End);
        PaddingId = vocabulary.Of(options.Padding);
        // The longest first: of two tokens that begin alike the longer one is meant.
        specialIds = [.. options.Special.Where(vocabulary.Has).OrderByDescending(token => token.Length).Select(token => (token, vocabulary.Of(token)))];
        specials = SearchValues.Create(specialIds.Select(special => special.Token).ToArray(), StringComparison.Ordinal);
    }

    public Vocabulary Vocabulary { get; }

    public TokenizerOptions Options { get; }

    /// <summary>What shorter texts of a batch are filled up with.</summary>
    public int PaddingId { get; }

    /// <summary>The ids of a text's pieces between the start and the end token.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="longest">At most so many ids, start and end included (at least 2); what is beyond is cut off.</param>
    public int[] Encode(string text, int longest)
    {
        var ids = new List<int>(Math.Min(longest, (text.Length / 3) + 8)) { start };
        int room = longest - 1;
        ReadOnlySpan<char> rest = text;
        while (ids.Count < room && !rest.IsEmpty)
        {
            int at = rest.IndexOfAny(specials);
            Words(at < 0 ? rest : rest[..at], room, ids);
            if (at < 0)
            {
                break;
            }

            rest = rest[at..];
            foreach ((string token, int id) in specialIds)
            {
                if (rest.StartsWith(token, StringComparison.Ordinal))
                {
                    if (ids.Count < room)
                    {
                        ids.Add(id);
                    }

                    rest = rest[token.Length..];
                    break;
                }
            }
        }

        ids.Add(end);
        return [.. ids];
    }

    private void Words(ReadOnlySpan<char> text, int room, List<int> ids)
    {
        WordBuffer words = t_words ??= new WordBuffer();
        cutter.Cut(text, words);
        for (int i = 0; i < words.Count && ids.Count < room; i++)
        {
            Pieces(words[i], ids);
            if (ids.Count > room)
            {
                ids.RemoveRange(room, ids.Count - room);
            }
        }
    }

    /// <summary>The longest piece first, again and again; a word that cannot be cut to its end is one unknown piece.</summary>
    private void Pieces(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > Options.LongestWord && Characters(word) > Options.LongestWord)
        {
            ids.Add(unknown);
            return;
        }

        int before = ids.Count;
        while (!word.IsEmpty)
        {
            int length = word.Length;
            int id = unknown;
            while (length > 0 && !(ids.Count == before ? Vocabulary.TryBeginning(word[..length], out id) : Vocabulary.TryContinuation(word[..length], out id)))
            {
                length--;
            }

            if (length == 0)
            {
                ids.RemoveRange(before, ids.Count - before);
                ids.Add(unknown);
                return;
            }

            ids.Add(id);
            word = word[length..];
        }
    }

    private static int Characters(ReadOnlySpan<char> word)
    {
        int count = 0;
        foreach (char c in word)
        {
            count += char.IsLowSurrogate(c) ? 0 : 1;
        }

        return count;
    }
}
