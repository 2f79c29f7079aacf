using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Findings that follow from what was noticed while cleaning texts.</summary>
internal static class TextFindings
{
    private static readonly (TextFacts Fact, string Code, FindingGrade Grade, string Message, string Remedy)[] Known =
    [
        (TextFacts.SpecialToken, "special-tokens", FindingGrade.Advisable,
            "texts hold special tokens such as <|endoftext|>, which fail a fine-tuning job; they are escaped by spaces",
            "Nothing, or set dataset.cleaning.specialTokens to reject"),
        (TextFacts.Truncated, "truncated", FindingGrade.Advisable,
            "texts are longer than the limit and were cut",
            "Raise dataset.cleaning.maxCharacters or maxTokens, or set tooLong to reject"),
        (TextFacts.Card, "personal-data-cards", FindingGrade.Necessary,
            "texts hold what looks like a payment card number (length and Luhn check)",
            "Remove them before the texts leave your hands"),
        (TextFacts.Email, "personal-data-emails", FindingGrade.Advisable,
            "texts hold e-mail addresses",
            "Remove or mask them if the provider must not see them"),
        (TextFacts.Phone, "personal-data-phones", FindingGrade.Advisable,
            "texts hold what looks like telephone numbers",
            "Remove or mask them if the provider must not see them"),
        (TextFacts.Nul, "nul-bytes", FindingGrade.Advisable,
            "texts held NUL bytes, which were removed",
            "Look at the export that made the file"),
        (TextFacts.ControlCharacters, "control-characters", FindingGrade.Advisable,
            "texts held control characters, which were removed",
            "Nothing, unless they meant something"),
        (TextFacts.ReplacementCharacter, "damaged-characters", FindingGrade.Advisable,
            "texts hold U+FFFD: characters were lost before the file was written",
            "Export the data again with the right encoding"),
    ];

    public static IEnumerable<Finding> Of(FactCounts facts) => Known
        .Where(known => facts[known.Fact] > 0)
        .Select(known => new Finding(known.Code, known.Grade, facts[known.Fact], known.Message, known.Remedy, facts.Lines(known.Fact)));
}
