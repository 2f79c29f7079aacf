using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Tests.Evaluation;

public sealed class AnswerParserTests
{
    private static readonly LabelSet Stars = new(["0", "1", "2", "3", "4"], Ordered: true, Good: ["3", "4"]);
    private static readonly LabelSet Intents = new(["card", "card payment", "cash", "transfer"], Ordered: false, Good: []);

    private static ImmutableArray<TokenAlternative> Alternatives(params (string Token, double Probability)[] alternatives) =>
        [.. alternatives.Select(alternative => new TokenAlternative(alternative.Token, Math.Log(alternative.Probability)))];

    private static ModelAnswer Answer(string text, params ImmutableArray<TokenAlternative>[] tokens) =>
        new(text, [.. tokens], "stop", null, 40, tokens.Length, 12.5);

    private static Prediction Parse(LabelSet labels, ModelAnswer answer, AnswerStyle style = AnswerStyle.Label) =>
        AnswerParser.Parse("r", labels, answer, style);

    [Theory]
    [InlineData("4", "4")]
    [InlineData(" 4", "4")]
    [InlineData("\n\n4\nBecause it is good", "4")]
    [InlineData("\"4\".", "4")]
    [InlineData("4 stars", "4")]
    [InlineData("**4**", "4")]
    [InlineData("42", null)]
    [InlineData("four", null)]
    [InlineData("", null)]
    [InlineData("I would say 4", null)]
    public void The_label_is_what_the_answer_begins_with(string text, string? expected)
    {
        Prediction prediction = Parse(Stars, Answer(text));

        prediction.Label.ShouldBe(expected);
        prediction.Error.ShouldBe(expected is null ? PredictionError.Unparsable : null);
        prediction.PromptTokens.ShouldBe(40);
        prediction.LatencyMs.ShouldBe(12.5);
    }

    [Fact]
    public void The_longer_of_two_fitting_labels_counts()
    {
        Parse(Intents, Answer(" Card payment, I think")).Label.ShouldBe("card payment");
        Parse(Intents, Answer("card")).Label.ShouldBe("card");
    }

    [Fact]
    public void An_answer_cut_by_the_token_limit_names_the_only_label_that_begins_so()
    {
        Parse(Intents, Answer("trans") with { FinishReason = "length" }).Label.ShouldBe("transfer");
        Parse(Intents, Answer("ca") with { FinishReason = "length" }).Error.ShouldBe(PredictionError.Unparsable);
        Parse(Intents, Answer("trans")).Error.ShouldBe(PredictionError.Unparsable);
    }

    [Theory]
    [InlineData("The screen broke, but the seller helped.\nLabel: 3", "3")]
    [InlineData("Label: 1 would be harsh. The answer: 2\n", "2")]
    [InlineData("It is fine.\n\nSo I choose 3.", "3")]
    [InlineData("Between 1 and 2, rather 2", "2")]
    [InlineData("I cannot say", null)]
    public void After_thinking_aloud_the_conclusion_counts(string text, string? expected) =>
        Parse(Stars, Answer(text), AnswerStyle.ChainOfThought).Label.ShouldBe(expected);

    [Fact]
    public void Refusals_and_filtered_answers_are_counted_as_such()
    {
        Parse(Stars, Answer("4") with { Refusal = "I cannot help with that" }).Error.ShouldBe(PredictionError.Refused);
        Parse(Stars, Answer("") with { FinishReason = "content_filter" }).Error.ShouldBe(PredictionError.Refused);
    }

    [Fact]
    public void Spellings_of_a_label_are_merged_and_the_rest_is_kept()
    {
        Prediction prediction = Parse(Stars, Answer(" 0", Alternatives((" 0", 0.4), ("0", 0.2), (" 4", 0.1), ("4", 0.1), (" great", 0.1))));

        prediction.Label.ShouldBe("0");
        prediction.OtherMass!.Value.ShouldBe(0.2, 1e-12);
        prediction.Probabilities!["0"].ShouldBe(0.75, 1e-12);
        prediction.Probabilities["4"].ShouldBe(0.25, 1e-12);
        prediction.Probabilities["1"].ShouldBe(0);
        prediction.Probabilities.Values.Sum().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void The_label_is_the_likeliest_after_merging()
    {
        Prediction prediction = Parse(Stars, Answer(" 3", Alternatives((" 3", 0.40), (" 4", 0.35), ("4", 0.25))));

        prediction.Label.ShouldBe("4");
        prediction.Probabilities!["4"].ShouldBe(0.6, 1e-12);
    }

    [Fact]
    public void Labels_of_several_tokens_get_the_product_along_their_path()
    {
        Prediction prediction = Parse(Intents, Answer(
            " card payment",
            Alternatives((" card", 0.8), (" cash", 0.1), (" tr", 0.05)),
            Alternatives((" payment", 0.75), ("<|end|>", 0.2))));

        // 0.05 of the mass after "card" is not listed; the answer "card" stood already, so it belongs to it.
        prediction.Label.ShouldBe("card payment");
        prediction.OtherMass!.Value.ShouldBe(0.05, 1e-9);
        prediction.Probabilities!["card payment"].ShouldBe(0.6 / 0.95, 1e-9);
        prediction.Probabilities["card"].ShouldBe(0.2 / 0.95, 1e-9);
        prediction.Probabilities["cash"].ShouldBe(0.1 / 0.95, 1e-9);
        prediction.Probabilities["transfer"].ShouldBe(0.05 / 0.95, 1e-9);
    }

    [Fact]
    public void Answers_without_log_probabilities_have_a_label_only() =>
        Parse(Stars, Answer("2")).Probabilities.ShouldBeNull();

    [Fact]
    public void Case_matters_only_where_labels_differ_by_nothing_else()
    {
        Parse(new LabelSet(["No", "Yes"], false, []), Answer("YES")).Label.ShouldBe("Yes");
        Parse(new LabelSet(["NO", "No", "no"], false, []), Answer("No")).Label.ShouldBe("No");
        Parse(new LabelSet(["NO", "No"], false, []), Answer("no")).Error.ShouldBe(PredictionError.Unparsable);
    }
}
