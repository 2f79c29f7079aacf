namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>What happens to a code point on its way into a word.</summary>
[Flags]
internal enum CharacterTraits : byte
{
    None = 0,
    /// <summary>Control and format characters, private use, the replacement character.</summary>
    Removed = 1,
    /// <summary>Ends a word.</summary>
    Space = 2,
    /// <summary>A word of its own.</summary>
    Punctuation = 4,
    /// <summary>A Chinese character: a word of its own where the tokenizer asks for it.</summary>
    Ideograph = 8,
    /// <summary>Changes when accents are stripped.</summary>
    Stripped = 16,
    /// <summary>Changes when put into lower case.</summary>
    Lowered = 32,
}
