using Microsoft.ML.Tokenizers;

namespace FineTuneFlow.Core.Costs;

/// <summary>Exact token counts of models whose tokenizer is known. A vocabulary is read when it is first asked for, which takes a few
/// tenths of a second and some tens of megabytes: only who shows or bills tokens asks.</summary>
public sealed class TokenCounter
{
    /// <summary>The time for a run without white space grows with its square: twenty thousand emoji would take seconds.</summary>
    private const int LongestRun = 1_000;

    private static readonly TokenCounter O200k = new("o200k_base");
    private static readonly TokenCounter Cl100k = new("cl100k_base");

    /// <summary>Encodings by the beginning of the model's name; the longer beginning goes first.</summary>
    private static readonly (string Beginning, TokenCounter Counter)[] Known =
    [
        ("gpt-4o", O200k), ("gpt-4.1", O200k), ("gpt-4.5", O200k), ("gpt-5", O200k), ("gpt-6", O200k), ("gpt-oss", O200k),
        ("o1", O200k), ("o3", O200k), ("o4", O200k),
        ("gpt-4", Cl100k), ("gpt-3.5-turbo", Cl100k), ("babbage-002", Cl100k), ("davinci-002", Cl100k),
    ];

    private readonly Lazy<TiktokenTokenizer> _tokenizer;

    private TokenCounter(string encoding)
    {
        Encoding = encoding;
        _tokenizer = new Lazy<TiktokenTokenizer>(() => TiktokenTokenizer.CreateForEncoding(encoding));
    }

    /// <summary>Of tiktoken: o200k_base or cl100k_base.</summary>
    public string Encoding { get; }

    /// <summary>Null where no tokenizer of the model is known.</summary>
    /// <param name="model">A base or tuned model's name.</param>
    public static TokenCounter? For(string model)
    {
        string family = ModelName.FamilyOf(model);
        foreach ((string beginning, TokenCounter counter) in Known)
        {
            if (family.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            {
                return counter;
            }
        }

        return null;
    }

    /// <summary>Tokens of a text: one too many at most for each thousand characters without white space in between.</summary>
    public int Count(string text)
    {
        int tokens = 0;
        int start = 0;
        int run = 0;
        for (int i = 0; i < text.Length; i++)
        {
            run = char.IsWhiteSpace(text[i]) ? 0 : run + 1;
            if (run > LongestRun && !char.IsLowSurrogate(text[i]))
            {
                tokens += _tokenizer.Value.CountTokens(text.AsSpan(start, i - start));
                (start, run) = (i, 1);
            }
        }

        return tokens + _tokenizer.Value.CountTokens(text.AsSpan(start));
    }
}
