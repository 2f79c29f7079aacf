using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Training;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Costs;

public sealed class TokenEstimateTests
{
    /// <summary>Widely published counts of cl100k, the vocabulary of the models before GPT-4o.</summary>
    [Theory]
    [InlineData("Hello world", 2)]
    [InlineData("The quick brown fox jumps over the lazy dog.", 10)]
    [InlineData("antidisestablishmentarianism", 6)]
    public void Known_counts_lie_in_the_range(string text, int tokens)
    {
        Estimate estimate = TokenEstimate.Of(text);

        estimate.Low.ShouldBeLessThanOrEqualTo(tokens + 0.5);
        estimate.High.ShouldBeGreaterThanOrEqualTo(tokens - 0.5);
    }

    [Fact]
    public void The_estimate_is_a_range_below_the_bytes_for_any_text() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            Estimate estimate = TokenEstimate.Of(text.Get);
            int bytes = System.Text.Encoding.UTF8.GetByteCount(text.Get);
            return estimate.Low >= 0 && estimate.Low <= estimate.Likely && estimate.Likely <= estimate.High && estimate.High <= bytes
                && TextSize.Of(text.Get).Utf8Bytes == bytes && (text.Get.Length == 0 || estimate.Low > 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sizes_of_texts_add_up_however_they_are_counted()
    {
        string[] texts = ["plain text", "тёплый", "漢字かな交じり", "مرحبا", "ሰላም", "👍🏽 ok", "1234567", "\ud800 lone"];

        TextSize together = TextSize.Of(texts);

        TextSize added = texts.Aggregate(TextSize.Zero, (sum, text) => sum + TextSize.Of(text));
        added.Characters.ShouldBe(together.Characters);
        added.Utf8Bytes.ShouldBe(together.Utf8Bytes);
    }

    [Theory]
    [InlineData("Хорошее приложение", Script.Cyrillic)]
    [InlineData("とてもよい", Script.Kana)]
    [InlineData("很好用的软件", Script.Han)]
    [InlineData("좋은앱입니다", Script.Hangul)]
    [InlineData("تطبيق", Script.Arabic)]
    [InlineData("ጥሩ", Script.Ethiopic)]
    [InlineData("😀👍", Script.Emoji)]
    [InlineData("बहुत", Script.Indic)]
    [InlineData("ดีมาก", Script.Thai)]
    public void Scripts_with_fewer_characters_a_token_are_told_apart(string text, Script script)
    {
        TextSize size = TextSize.Of(text);

        size.Characters[(int)script].ShouldBe(size.Characters.Sum() - size.Characters[(int)Script.Latin]);
        (size.Tokens().Likely / size.Characters.Sum()).ShouldBeGreaterThan(TokenEstimate.Of("Good app").Likely / 8);
    }

    [Fact]
    public void Forms_differ_by_what_the_chapter_was_billed()
    {
        // 172,839 examples: prompt form 2,833,557 tokens; chat with an empty system message 4,985,412; with its system prompt 8,787,870.
        double completion = TokenEstimate.Overhead(new TrainingForm(ModelFamily.Completion)).Likely;
        double chat = TokenEstimate.Overhead(new TrainingForm(ModelFamily.Chat)).Likely + 4;

        (chat - completion).ShouldBe((4_985_412 - 2_833_557) / 172_839.0, 1);
        Estimate withPrompt = TokenEstimate.Overhead(new TrainingForm(ModelFamily.Chat, "Predict the star rating from 0 to 4, 0 being the worst and 4 being the best."));
        (withPrompt.Likely - chat).ShouldBe((8_787_870 - 4_985_412) / 172_839.0, 4);
    }

    [Fact]
    public void What_was_observed_moves_the_estimate_and_narrows_it()
    {
        Estimate before = new(80, 100, 140);

        Estimate few = TokenCalibration.From(before, 120, 4)!.Apply(before);
        Estimate many = TokenCalibration.From(before, 120, 10_000)!.Apply(before);

        many.Likely.ShouldBe(120);
        (many.High - many.Low).ShouldBeLessThan(8);
        (few.High - few.Low).ShouldBeGreaterThan(many.High - many.Low);
        TokenCalibration.From(before, 0, 10).ShouldBeNull();
        TokenCalibration.From(Estimate.Zero, 10, 10).ShouldBeNull();
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(100, 3)]
    [InlineData(8_000, 3)]
    [InlineData(12_000, 2)]
    [InlineData(1_000_000, 1)]
    public void The_services_choice_of_epochs_shrinks_with_the_data(long rows, double epochs) =>
        TokenEstimate.AutomaticEpochs(rows).Likely.ShouldBe(epochs);

    [Fact]
    public void A_completion_has_its_system_prompt_before_it_too()
    {
        // 21 letters are 5 tokens; an ending is 3 and the answer 1.
        TokenEstimate.Overhead(new TrainingForm(ModelFamily.Completion, new string('a', 21))).Likely.ShouldBe(9, 1e-9);
        TokenEstimate.Overhead(new TrainingForm(ModelFamily.Completion)).Likely.ShouldBe(4, 1e-9);
    }
}
