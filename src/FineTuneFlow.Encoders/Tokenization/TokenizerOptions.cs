namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>How a WordPiece tokenizer treats a text; the defaults are those of an uncased BERT.</summary>
public sealed record TokenizerOptions
{
    public bool Lowercase { get; init; } = true;
    /// <summary>Decompose and drop combining marks; Hugging Face does it where <see cref="Lowercase"/> holds and nothing else is said.</summary>
    public bool StripAccents { get; init; } = true;
    /// <summary>Every Chinese character is a word of its own.</summary>
    public bool SplitIdeographs { get; init; } = true;
    /// <summary>Words of more characters become one unknown piece.</summary>
    public int LongestWord { get; init; } = 100;
    /// <summary>What stands before the pieces that continue a word in the vocabulary.</summary>
    public string ContinuationPrefix { get; init; } = "##";
    public string Unknown { get; init; } = "[UNK]";
    /// <summary>Stands before the text.</summary>
    public string Start { get; init; } = "[CLS]";
    /// <summary>Stands behind the text.</summary>
    public string End { get; init; } = "[SEP]";
    public string Padding { get; init; } = "[PAD]";
    /// <summary>Tokens that are found as they are in a raw text and are one piece there.</summary>
    public IReadOnlyList<string> Special { get; init; } = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
}
