using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>Counts against what services have told: the example of OpenAI's cookbook ("How to count tokens with tiktoken"), whose
/// usage.prompt_tokens is printed there for each model, and single texts of its table of encodings.</summary>
public sealed class TokenCounterTests
{
    private static readonly string[] Cookbook =
    [
        "You are a helpful, pattern-following assistant that translates corporate jargon into plain English.",
        "New synergies will help drive top-line growth.",
        "Things working well together will increase revenue.",
        "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
        "Let's talk later when we're less busy about how to do better.",
        "This late pivot means we don't have time to boil the ocean for the client deliverable.",
    ];

    [Theory]
    [InlineData("gpt-3.5-turbo", 129)]
    [InlineData("gpt-4", 129)]
    [InlineData("gpt-4o", 124)]
    [InlineData("gpt-4o-mini", 124)]
    public void A_chat_takes_the_tokens_that_the_service_has_billed(string model, int billed)
    {
        TokenCounter counter = TokenCounter.For(model).ShouldNotBeNull();
        // Four of the messages have a name (example_user, example_assistant), which takes its own tokens and one more.
        int names = 2 * (counter.Count("example_user") + counter.Count("example_assistant") + 2);

        int counted = FormTokens.PerChat + Cookbook.Sum(text => FormTokens.PerMessage + counter.Count(text)) + names;

        counted.ShouldBe(billed);
    }

    [Theory]
    [InlineData("gpt-3.5-turbo-0125", "antidisestablishmentarianism", 6)]
    [InlineData("gpt-4o", "antidisestablishmentarianism", 6)]
    [InlineData("babbage-002", "2 + 2 = 4", 7)]
    [InlineData("gpt-4.1-mini", "2 + 2 = 4", 7)]
    [InlineData("gpt-3.5-turbo", "お誕生日おめでとう", 9)]
    [InlineData("gpt-4o-2024-08-06", "お誕生日おめでとう", 8)]
    public void Texts_take_the_tokens_of_the_encoding(string model, string text, int tokens) =>
        TokenCounter.For(model)!.Count(text).ShouldBe(tokens);

    [Theory]
    [InlineData("ft:gpt-4.1-mini-2025-04-14:personal:stars:abc", "o200k_base")]
    [InlineData("gpt-oss-20b.ft-1-x", "o200k_base")]
    [InlineData("o4-mini", "o200k_base")]
    [InlineData("davinci-002", "cl100k_base")]
    public void Fine_tunes_have_the_tokenizer_of_their_base(string model, string encoding) => TokenCounter.For(model)!.Encoding.ShouldBe(encoding);

    [Theory]
    [InlineData("Llama-3.3-70B-Instruct")]
    [InlineData("Ministral-3B")]
    public void Where_no_tokenizer_is_known_there_is_none(string model) => TokenCounter.For(model).ShouldBeNull();

    /// <summary>The chapter's jobs were billed 2,833,557 tokens for prompts and completions and 4,985,412 for chats with an empty system message, for
    /// the same 172,839 reviews: 12.45 more an example. An ending melts into the full stop before it, so that a review that ends in one takes a
    /// token less; and without the token that ends a completion the figures would lie outside.</summary>
    [Fact]
    public void Both_forms_take_what_the_chapters_jobs_were_billed()
    {
        const double Billed = (4_985_412 - 2_833_557) / 172_839.0;
        TokenCounter counter = TokenCounter.For("babbage-002")!;

        // The chapter's own form: this ending, and no space before the label.
        int More(string text) => FormTokens.OfExample(counter, new TrainingForm(ModelFamily.Chat), text, "4") + FormTokens.PerMessage
            - (counter.Count(text + "\n###\n") + counter.Count("4") + 1);

        More("i hate it").ShouldBe(12);
        More("I hate it.").ShouldBe(13);
        Billed.ShouldBeInRange(More("i hate it"), More("I hate it."));
    }

    [Fact]
    public void A_completion_example_is_prompt_and_label_and_an_end()
    {
        TokenCounter counter = TokenCounter.For("babbage-002")!;
        var form = new TrainingForm(ModelFamily.Completion);

        FormTokens.OfExample(counter, form, "fine app", "4").ShouldBe(counter.Count("fine app\n\n###\n\n") + counter.Count(" 4") + 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_long_run_of_emoji_is_counted_piece_by_piece_as_its_time_grows_with_its_square()
    {
        TokenCounter counter = TokenCounter.For("gpt-4.1-mini")!;
        string piece = string.Concat(Enumerable.Repeat("😀", 500));

        int tokens = await Task.Run(() => counter.Count(string.Concat(Enumerable.Repeat(piece, 200))));

        tokens.ShouldBe(200 * counter.Count(piece));
    }

    [Fact]
    public void A_long_text_of_words_is_cut_nowhere()
    {
        TokenCounter counter = TokenCounter.For("gpt-4.1-mini")!;

        counter.Count("works" + string.Concat(Enumerable.Repeat(" works", 4_999))).ShouldBe(5_000);
        counter.Count("").ShouldBe(0);
    }

    [Theory]
    // "hello" and " world" are a token each in both encodings, and so is a digit: three for the chat, four and its text for each message.
    [InlineData(null, 3 + 4 + 2 + 4 + 1)]
    [InlineData("", 3 + 4 + 2 + 4 + 1)]
    [InlineData("hello", 3 + 4 + 1 + 4 + 2 + 4 + 1)]
    [InlineData("hello world", 3 + 4 + 2 + 4 + 2 + 4 + 1)]
    public void A_system_prompt_is_a_message_more(string? system, int tokens) =>
        FormTokens.OfExample(TokenCounter.For("gpt-4o")!, new TrainingForm(ModelFamily.Chat, system), "hello world", "4").ShouldBe(tokens);

    [Theory]
    [InlineData("ft:gpt-4.1-mini:org::1", true)]
    [InlineData("gpt-4.1.ft-0123-reviews", true)]
    [InlineData("gpt-4.1-mini", false)]
    [InlineData("left:over", false)]
    [InlineData("gpt-ft:", false)]
    public void A_fine_tune_is_told_by_its_name(string model, bool tuned) => ModelName.IsTuned(model).ShouldBe(tuned);
}
