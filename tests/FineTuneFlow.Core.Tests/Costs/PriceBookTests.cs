using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Costs;

public sealed class PriceBookTests
{
    [Theory]
    [InlineData("babbage-002", 2_833_557, 1.13)]
    [InlineData("ft:babbage-002:personal::8abc", 8_500_671, 3.40)]
    [InlineData("gpt-3.5-turbo-0125", 4_985_412, 39.88)]
    [InlineData("gpt-3.5-turbo", 8_787_870, 70.30)]
    public void The_chapters_trained_tokens_cost_what_the_chapter_paid(string model, long tokens, double usd) =>
        ActualCost.Of(new Usage { PriceKey = "simulator", Model = model, Tuned = true, TrainedTokens = tokens })
            .TrainingUsd.ShouldBe(usd, 0.005);

    [Theory]
    [InlineData("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini")]
    [InlineData("ft:gpt-4o-mini-2024-07-18:org:suffix:id", "gpt-4o-mini")]
    [InlineData("gpt-4.1-2025-04-14.ft-0123abc-reviews", "gpt-4.1")]
    [InlineData("gpt-3.5-turbo-0125", "gpt-3.5-turbo")]
    [InlineData("babbage-002", "babbage-002")]
    public void Snapshots_and_fine_tunes_are_priced_as_their_family(string model, string family)
    {
        ModelName.FamilyOf(model).ShouldBe(family);
        PriceBook.Default.Find("openai", model)!.Model.ShouldBe(family);
    }

    [Fact]
    public void A_provider_that_does_not_go_by_the_list_has_only_its_own_prices()
    {
        PriceBook.Default.Find("nebius", "gpt-4.1-mini").ShouldBeNull();
        PriceBook.Default.Find("OpenAI", "gpt-4.1-mini").ShouldNotBeNull();
        ActualCost.Of(new Usage { PriceKey = "nebius", Model = "x", Tuned = true, TrainedTokens = 5 }).Unpriced.ShouldBeTrue();
    }

    [Fact]
    public void A_price_file_overrides_entry_by_entry()
    {
        PriceBook book = PriceBook.Read("prices.json", """
            {
              "asOf": "2027-01-02", "source": "our contract",
              "tokens": [
                { "model": "gpt-4.1-mini", "provider": "openai", "asOf": "2027-01-01", "training": 4 },
                { "model": "qwen3-32b", "provider": "nebius", "asOf": "2027-01-01", "training": 2, "tunedInput": 0.1, "tunedOutput": 0.3 },
              ],
              "machines": [{ "name": "t4", "usdPerHour": 0.9, "examplesPerSecond": 123, "asOf": "2027-01-01" }] // ours
            }
            """u8);

        book.Training("openai", "gpt-4.1-mini")!.Likely.ShouldBe(4);
        book.Training("azureOpenAI", "gpt-4.1-mini")!.Likely.ShouldBe(5);
        book.Training("nebius", "qwen3-32b")!.Likely.ShouldBe(2);
        book.Asking("nebius", "qwen3-32b", tuned: true, batch: true)!.Input.ShouldBe(0.05);
        book.Machine("T4")!.UsdPerHour.ShouldBe(0.9);
        book.Machine("a100").ShouldNotBeNull();
        book.AsOf.ShouldBe(new DateOnly(2027, 1, 2));
    }

    [Fact]
    public void A_price_file_with_an_unknown_property_is_refused_with_its_line()
    {
        Failure failure = Should.Throw<FlowException>(() => PriceBook.Read("prices.json", "{\n \"asOf\": \"2027-01-02\",\n \"sauce\": 1 }"u8)).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Location!.File.ShouldBe("prices.json");
        failure.Location.Line.ShouldBe(3);
        failure.Message.ShouldContain("sauce");
    }

    [Fact]
    public void Batch_prices_are_those_listed_and_otherwise_half()
    {
        PriceBook.Default.Asking("openai", "babbage-002", tuned: true, batch: true).ShouldBe(new AskingPrice(0.80, 0.90));
        PriceBook.Default.Asking("openai", "gpt-4.1", tuned: true, batch: true).ShouldBe(new AskingPrice(1.5, 6));
        PriceBook.Default.Asking("openai", "gpt-4.1-mini", tuned: false, batch: true).ShouldBe(new AskingPrice(0.20, 0.80));
    }

    [Fact]
    public void The_developer_tier_trains_for_less_and_stands_for_nothing()
    {
        Estimate training = PriceBook.Default.Training("azureOpenAI", "gpt-4.1-mini", TrainingTier.Developer)!;

        training.Likely.ShouldBe(2, 1e-9);
        training.Low.ShouldBeLessThan(training.High);
        PriceBook.Default.HostingPerHour("azureOpenAI", TrainingTier.Developer).ShouldBe(0);
        PriceBook.Default.HostingPerHour("azureOpenAI", null).ShouldBe(1.70);
        PriceBook.Default.HostingPerHour("openai", null).ShouldBe(0);
    }

    [Fact]
    public void Actual_costs_add_up()
    {
        CandidateCost cost = ActualCost.Of(new Usage
        {
            PriceKey = "azureOpenAI", Model = "gpt-4.1-mini", Tuned = true, TrainedTokens = 1_000_000, PromptTokens = 500_000,
            CompletionTokens = 10_000, HostingHours = 2,
        });

        cost.TrainingUsd.ShouldBe(5, 1e-9);
        cost.EvaluationUsd.ShouldBe(0.4 + 0.032, 1e-9);
        cost.HostingUsd.ShouldBe(3.4, 1e-9);
        cost.TotalUsd.ShouldBe(8.832, 1e-9);
        cost.Unpriced.ShouldBeFalse();
        ActualCost.OfContainer("t4", TimeSpan.FromSeconds(1405)).HostingUsd.ShouldBe(0.60, 0.005);
    }
}
