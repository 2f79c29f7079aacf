namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>What cleaning noticed about one text.</summary>
[Flags]
internal enum TextFacts : ushort
{
    None = 0,
    Truncated = 1,
    SpecialToken = 2,
    ControlCharacters = 4,
    Nul = 8,
    ZeroWidth = 16,
    ReplacementCharacter = 32,
    Email = 64,
    Phone = 128,
    Card = 256,
    TooLong = 512,
    EndsInEllipsis = 1024,
    /// <summary>UTF-8 that was once read as Windows-1252 (é as Ã©).</summary>
    ReadTwice = 2048,
    HtmlEntity = 4096,
}
