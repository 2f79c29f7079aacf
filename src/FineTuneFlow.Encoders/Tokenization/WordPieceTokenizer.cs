using System.Buffers;

namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>Cuts texts into the word pieces of a BERT vocabulary, equal to Hugging Face's tokenizers. Immutable; safe for
/// concurrent use.</summary>
public sealed class WordPieceTokenizer
{
    [ThreadStatic]
    private static WordBuffer? _words;

    private readonly WordCutter _cutter;
    private readonly SearchValues<string> _specials;
    private readonly (string Token, int Id)[] _specialIds;
    private readonly int _unknown;
    private readonly int _start;
    private readonly int _end;

    /// <exception cref="Core.Failures.FlowException">InvalidInput: the vocabulary lacks one of the special tokens.</exception>
    public WordPieceTokenizer(Vocabulary vocabulary, TokenizerOptions options)
    {
        Vocabulary = vocabulary;
        Options = options;
        _cutter = new WordCutter(options);
        _unknown = vocabulary.Of(options.Unknown);
        _start = vocabulary.Of(options.Start);
        _end = vocabulary.Of(options.End);
        PaddingId = vocabulary.Of(options.Padding);
        // The longest first: of two tokens that begin alike the longer one is meant.
        _specialIds = [.. options.Special.Where(vocabulary.Has).OrderByDescending(token => token.Length).Select(token => (token, vocabulary.Of(token)))];
        _specials = SearchValues.Create(_specialIds.Select(special => special.Token).ToArray(), StringComparison.Ordinal);
    }

    public Vocabulary Vocabulary { get; }

    public TokenizerOptions Options { get; }

    /// <summary>What shorter texts of a batch are filled up with.</summary>
    public int PaddingId { get; }

    /// <summary>The ids of a text's pieces between the start and the end token.</summary>
    /// <param name="longest">At most so many ids, start and end included (at least 2); what is beyond is cut off.</param>
    public int[] Encode(string text, int longest)
    {
        var ids = new List<int>(Math.Min(longest, (text.Length / 3) + 8)) { _start };
        int room = longest - 1;
        ReadOnlySpan<char> rest = text;
        while (ids.Count < room && !rest.IsEmpty)
        {
            int at = rest.IndexOfAny(_specials);
            Words(at < 0 ? rest : rest[..at], room, ids);
            if (at < 0)
            {
                break;
            }

            rest = rest[at..];
            foreach ((string token, int id) in _specialIds)
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

        ids.Add(_end);
        return [.. ids];
    }

    private void Words(ReadOnlySpan<char> text, int room, List<int> ids)
    {
        WordBuffer words = _words ??= new WordBuffer();
        _cutter.Cut(text, words);
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
            ids.Add(_unknown);
            return;
        }

        int before = ids.Count;
        while (!word.IsEmpty)
        {
            int length = word.Length;
            int id = _unknown;
            while (length > 0 && !(ids.Count == before ? Vocabulary.TryBeginning(word[..length], out id) : Vocabulary.TryContinuation(word[..length], out id)))
            {
                length--;
            }

            if (length == 0)
            {
                ids.RemoveRange(before, ids.Count - before);
                ids.Add(_unknown);
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
