using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Findings that follow from what was noticed while cleaning texts.</summary>
internal static class TextFindings
{
    private static readonly Kind[] Known =
    [
        new(TextFacts.SpecialToken, "special-tokens", FindingGrade.Advisable,
            "texts hold special tokens such as <|endoftext|>, which fail a fine-tuning job; they are escaped by spaces",
            "Nothing, or set dataset.cleaning.specialTokens to reject"),
        new(TextFacts.Truncated, "truncated", FindingGrade.Advisable,
            "texts are longer than the limit and were cut",
            "Raise dataset.cleaning.maxCharacters or maxTokens, or set tooLong to reject"),
        new(TextFacts.Card, "personal-data-cards", FindingGrade.Necessary,
            "texts hold what looks like a payment card number (length and Luhn check)",
            "Remove them before the texts leave your hands"),
        new(TextFacts.Email, "personal-data-emails", FindingGrade.Advisable,
            "texts hold e-mail addresses",
            "Remove or mask them if the provider must not see them"),
        new(TextFacts.Phone, "personal-data-phones", FindingGrade.Advisable,
            "texts hold what looks like telephone numbers",
            "Remove or mask them if the provider must not see them"),
        new(TextFacts.Nul, "nul-bytes", FindingGrade.Advisable,
            "texts held NUL bytes, which were removed",
            "Look at the export that made the file"),
        new(TextFacts.ControlCharacters, "control-characters", FindingGrade.Advisable,
            "texts held control characters, which were removed",
            "Nothing, unless they meant something"),
        new(TextFacts.ReplacementCharacter, "damaged-characters", FindingGrade.Advisable,
            "texts hold U+FFFD: characters were lost before the file was written",
            "Export the data again with the right encoding"),
        new(TextFacts.ReadTwice, "read-twice", FindingGrade.Necessary,
            "texts hold UTF-8 that was once read as Windows-1252 (é as Ã©): a model would learn the damage",
            "Export the data again as UTF-8, or repair it (Python: text.encode(\"cp1252\").decode(\"utf-8\"))"),
        new(TextFacts.HtmlEntity, "html-entities", FindingGrade.Advisable,
            "texts hold HTML entities such as &amp; or &#39;",
            "Set dataset.cleaning.htmlEntities to true to have them decoded"),
    ];

    private sealed record Kind(TextFacts Fact, string Code, FindingGrade Grade, string Message, string Remedy)
    {
        /// <summary>Texts from which on it is told.</summary>
        public long Least { get; init; } = 1;
    }

    private const double ManyRows = 0.01;
    private const int FewestRows = 3;

    /// <param name="facts">What was noticed.</param>
    /// <param name="rows">Rows read.</param>
    public static IEnumerable<Finding> Of(FactCounts facts, long rows) => Known.Select(known => known with { Least = known.Fact == TextFacts.HtmlEntity ? Math.Max(FewestRows, (long)(rows * ManyRows)) : 1 })
        .Where(known => facts[known.Fact] >= known.Least)
        .Select(known => new Finding(known.Code, known.Grade, facts[known.Fact], known.Message, known.Remedy, facts.Lines(known.Fact)));
}
