namespace FineTuneFlow.Core.Costs;

/// <summary>Groups of characters that tokenizers treat alike.</summary>
public enum Script
{
    /// <summary>Basic Latin letters, spaces and punctuation among them: mostly English.</summary>
    Latin,
    /// <summary>Latin letters with marks, and other alphabets that are near it to a tokenizer.</summary>
    ExtendedLatin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    /// <summary>Devanagari, Bengali, Tamil and the other scripts of India.</summary>
    Indic,
    Thai,
    Ethiopic,
    Hangul,
    /// <summary>Hiragana and katakana.</summary>
    Kana,
    /// <summary>Chinese characters, and the punctuation of Chinese and Japanese.</summary>
    Han,
    /// <summary>Emoji and pictures, with their joiners and selectors.</summary>
    Emoji,
    Digits,
    /// <summary>Anything else.</summary>
    Other,
}
