using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>Sums of money, worked out by hand from the price list: gpt-4.1-mini trains for 5 and is asked for 0.80 and 3.20 USD a
/// million tokens (untuned 0.40 and 1.60, in a batch 0.40 and 1.60); a deployment stands for 1.70 an hour.</summary>
public sealed class CostArithmeticTests
{
    private static readonly Usage Mini = new() { PriceKey = "openai", Model = "gpt-4.1-mini", Tuned = true };

    [Theory]
    [InlineData(true, false, 2_000_000, 500_000, 1.6 + 1.6)]
    [InlineData(true, true, 2_000_000, 500_000, 0.8 + 0.8)]
    [InlineData(false, false, 2_000_000, 500_000, 0.8 + 0.8)]
    [InlineData(false, true, 2_000_000, 500_000, 0.4 + 0.4)]
    public void Asking_costs_by_tuned_or_not_and_half_in_a_batch(bool tuned, bool batch, long prompt, long completion, double usd)
    {
        CandidateCost cost = ActualCost.Of(Mini with { Tuned = tuned, Batch = batch, PromptTokens = prompt, CompletionTokens = completion });

        cost.EvaluationUsd.ShouldBe(usd, 1e-12);
        (cost.TrainingUsd, cost.HostingUsd, cost.Unpriced).ShouldBe((0, 0, false));
        cost.TotalUsd.ShouldBe(usd, 1e-12);
        cost.Asking.ShouldNotBeNull();
    }

    [Fact]
    public void What_is_not_listed_is_unpriced_only_where_it_was_used()
    {
        // gpt-6-luna is listed for asking untuned, and for nothing else.
        Usage luna = new() { PriceKey = "openai", Model = "gpt-6-luna", Tuned = false };
        ActualCost.Of(luna with { PromptTokens = 1_000_000 }).ShouldSatisfyAllConditions(cost => cost.Unpriced.ShouldBeFalse(), cost => cost.EvaluationUsd.ShouldBe(0.10, 1e-12));
        ActualCost.Of(luna with { TrainedTokens = 1_000_000 }).ShouldSatisfyAllConditions(cost => cost.Unpriced.ShouldBeTrue(), cost => cost.TrainingUsd.ShouldBe(0));
        ActualCost.Of(luna with { Tuned = true, CompletionTokens = 1 }).Unpriced.ShouldBeTrue();
        // Nothing was trained and nothing asked: nothing has to be priced.
        ActualCost.Of(luna with { TrainedTokens = 0 }).Unpriced.ShouldBeFalse();
        ActualCost.Of(luna).ShouldSatisfyAllConditions(cost => cost.Unpriced.ShouldBeFalse(), cost => cost.Asking.ShouldBeNull());
        ActualCost.OfContainer("no such machine", TimeSpan.FromHours(2)).ShouldSatisfyAllConditions(
            cost => cost.Unpriced.ShouldBeTrue(), cost => cost.HostingUsd.ShouldBe(0), cost => cost.HostingHours.ShouldBe(2));
    }

    [Fact]
    public void Hosting_is_hours_by_the_listed_or_the_told_price()
    {
        Usage azure = Mini with { PriceKey = "azureOpenAI", HostingHours = 2.5 };

        ActualCost.Of(azure).HostingUsd.ShouldBe(4.25, 1e-12);
        ActualCost.Of(azure with { HostingUsdPerHour = 4 }).HostingUsd.ShouldBe(10, 1e-12);
        ActualCost.Of(azure with { Tier = TrainingTier.Developer }).HostingUsd.ShouldBe(0);
        ActualCost.Of(azure with { TrainedTokens = 3_000_000, PromptTokens = 1_000_000 }).TotalUsd.ShouldBe(15 + 0.8 + 4.25, 1e-12);
    }

    [Theory]
    [InlineData(TrainingTier.Standard, 5, 5, 5)]
    [InlineData(TrainingTier.GlobalStandard, 3.5, 4, 4.5)]
    [InlineData(TrainingTier.Developer, 1.75, 2, 2.25)]
    public void Tiers_train_for_their_share_of_the_price(TrainingTier tier, double low, double likely, double high)
    {
        Estimate price = PriceBook.Default.Training("azureOpenAI", "gpt-4.1-mini", tier)!;

        (price.Low, price.Likely, price.High).ShouldSatisfyAllConditions(
            p => p.Low.ShouldBe(low, 1e-9), p => p.Likely.ShouldBe(likely, 1e-9), p => p.High.ShouldBe(high, 1e-9));
        PriceBook.Default.Training("azureOpenAI", "gpt-4.1-mini").ShouldBe(Estimate.Exactly(5));
        PriceBook.Default.Training("azureOpenAI", "gpt-6-luna", tier).ShouldBeNull();
    }

    [Fact]
    public void A_calibrated_quote_multiplies_its_tokens_and_a_counted_one_is_taken_as_it_is()
    {
        QuoteInput input = new()
        {
            Train = new SplitSize(1_000, Estimate.Exactly(20_000)),
            Holdout = new SplitSize(1_000, Estimate.Exactly(20_000)),
            Candidates = [new QuotedCandidate { Name = "a", Work = QuotedWork.TrainAndAsk, Model = "gpt-4.1-mini", Form = new TrainingForm(ModelFamily.Chat), Epochs = 2 }],
            Budget = new BudgetRecipe(),
        };
        CandidateQuote plain = Quote.Make(input).Candidates[0];
        CandidateQuote calibrated = Quote.Make(input with { Calibration = new TokenCalibration(1.5, 10_000) }).Candidates[0];
        CandidateQuote counted = Quote.Make(input with
        {
            Calibration = new TokenCalibration(1.5, 10_000),
            Candidates = [input.Candidates[0] with { Counted = new CountedTokens("o200k", Training: 30_000, Prompt: 28_000, Share: 1) }],
        }).Candidates[0];

        // 1,000 rows of 20 tokens, and 12 more each for the roles of two messages and the answer; two epochs.
        plain.TrainingTokens.Likely.ShouldBe(2 * (20_000 + 12_000), 1e-6);
        plain.TrainingUsd.Likely.ShouldBe(0.064 * 5, 1e-9);
        plain.PromptTokens.Likely.ShouldBe(31_000, 1e-6);
        plain.EvaluationUsd.Likely.ShouldBe((0.031 * 0.8) + (0.001 * 3.2), 1e-9);
        calibrated.TrainingTokens.Likely.ShouldBe(1.5 * 64_000, 1e-6);
        calibrated.PromptTokens.Likely.ShouldBe(1.5 * 31_000, 1e-6);
        counted.TrainingTokens.ShouldBe(Estimate.Exactly(60_000));
        counted.PromptTokens.ShouldBe(Estimate.Exactly(28_000));
    }

    [Fact]
    public void A_calibration_moves_the_likely_figure_and_never_widens_the_range()
    {
        // Spread 2 % and one by the root of 100 rows: 12 %.
        Estimate applied = new TokenCalibration(1.2, 100).Apply(new Estimate(50, 100, 200));
        applied.Likely.ShouldBe(120, 1e-9);
        applied.Low.ShouldBe(120 * 0.88, 1e-9);
        applied.High.ShouldBe(120 * 1.12, 1e-9);

        Estimate narrow = new TokenCalibration(1, 100).Apply(new Estimate(95, 100, 105));
        (narrow.Low, narrow.High).ShouldBe((95, 105));
        Estimate beyond = new TokenCalibration(3, 100).Apply(new Estimate(95, 100, 105));
        (beyond.Low, beyond.Likely, beyond.High).ShouldSatisfyAllConditions(e => e.Low.ShouldBe(264, 1e-9), e => e.Likely.ShouldBe(300, 1e-9), e => e.High.ShouldBe(300, 1e-9));
        TokenCalibration.From(Estimate.Exactly(100), 150, 0).ShouldBeNull();
        TokenCalibration.From(Estimate.Exactly(100), 150, 7).ShouldBe(new TokenCalibration(1.5, 7));
    }

    [Fact]
    public void What_a_quote_and_a_bill_differ_by_is_told_beyond_a_cent()
    {
        Quote quote = Quote.Make(new QuoteInput
        {
            Train = new SplitSize(1_000, Estimate.Exactly(20_000)),
            Holdout = new SplitSize(1_000, Estimate.Exactly(20_000)),
            Candidates = [new QuotedCandidate { Name = "a", Work = QuotedWork.TrainAndAsk, Model = "gpt-4.1-mini", Form = new TrainingForm(ModelFamily.Chat), Epochs = 50 }],
            Budget = new BudgetRecipe(),
        });
        (double low, double high) = (quote.Candidates[0].TotalUsd.Low, quote.Candidates[0].TotalUsd.High);

        QuotePlace PlaceOf(double usd) => Reconciliation.Of(quote, new Dictionary<string, CandidateCost> { ["a"] = new() { TrainingUsd = usd } }, 10).Candidates[0].Place;
        PlaceOf(high + 0.009).ShouldBe(QuotePlace.Within);
        PlaceOf(high + 0.011).ShouldBe(QuotePlace.Above);
        PlaceOf(low - 0.009).ShouldBe(QuotePlace.Within);
        PlaceOf(low - 0.011).ShouldBe(QuotePlace.Below);
    }

    [Theory]
    // fixed and a call of two options, from how many calls on the second is cheaper, and which is which.
    [InlineData(0, 3, 100, 1, 50, "a", "b")]
    [InlineData(100, 1, 0, 3, 50, "b", "a")]
    [InlineData(0, 1, 100, 3, 0, "b", "a")]
    [InlineData(100, 3, 0, 1, 0, "a", "b")]
    [InlineData(5, 1, 5, 3, 0, "b", "a")]
    [InlineData(5, 3, 5, 1, 0, "a", "b")]
    [InlineData(5, 1, 9, 1, 0, "b", "a")]
    [InlineData(9, 1, 5, 1, 0, "a", "b")]
    public void Break_even_is_where_both_cost_the_same(double fixedA, double callA, double fixedB, double callB, double calls, string dear, string cheap)
    {
        BreakEven point = BreakEven.Of(Option("a", fixedA, callA), Option("b", fixedB, callB))!;

        (point.Calls, point.Dear, point.Cheap).ShouldBe((calls, dear, cheap));
    }

    [Fact]
    public void Break_even_counts_what_is_paid_by_the_day_and_is_none_for_equals()
    {
        BreakEven.Of(Option("a", 5, 1), Option("b", 5, 1)).ShouldBeNull();
        // Ten days at 7 are 70, saved at 2 a call after 35 calls.
        BreakEven point = BreakEven.Of(Option("a", 0, 3), Option("b", 0, 1) with { UsdPerDay = 7 }, days: 10)!;
        (point.Calls, point.Dear, point.Cheap).ShouldBe((35, "a", "b"));
        BreakEven.OfAll([Option("a", 0, 3), Option("b", 4, 1), Option("c", 4, 1)]).Select(pair => $"{pair.Dear}{pair.Cheap}").ShouldBe(["ab", "ac"]);
    }

    [Fact]
    public void Unit_costs_are_per_thousand_and_per_thousand_right()
    {
        CandidateCost cost = new() { EvaluationUsd = 0.5, TrainingUsd = 9, EvaluationPromptTokens = 4_000, EvaluationCompletionTokens = 200 };

        UnitCost.Of(cost, asked: 250, correct: 200).ShouldSatisfyAllConditions(unit => unit.Per1000!.Value.ShouldBe(2, 1e-12), unit => unit.Per1000Correct!.Value.ShouldBe(2.5, 1e-12));
        UnitCost.Of(cost, asked: 250, correct: 0).ShouldSatisfyAllConditions(unit => unit.Per1000!.Value.ShouldBe(2, 1e-12), unit => unit.Per1000Correct.ShouldBeNull());
        UnitCost.Of(cost, asked: 0, correct: 0).ShouldBe(new UnitCost(null, null));
    }

    [Fact]
    public void A_projection_adds_up_day_by_day()
    {
        // 10 calls at 2 USD and 1 a day, growing by a half: 21, 31, 46; on top of 100.
        CostProjection projection = CostProjection.Project([Option("a", 100, 2) with { UsdPerDay = 1 }, Option("b", 0, 4)], volume: 10, growth: 0.5, days: 3);

        projection.Days.Select(day => day.Calls).ShouldBe([10, 15, 22.5]);
        projection.Days.Select(day => day.Usd[0]).ShouldBe([21, 31, 46]);
        projection.Days.Select(day => day.SpentUsd[0]).ShouldBe([121, 152, 198]);
        projection.Days.Select(day => day.SpentUsd[1]).ShouldBe([40, 100, 190]);
        projection.Cheapest.ShouldBe("b");
    }

    private static ServiceOption Option(string name, double fixedUsd, double usdPerCall) => new()
    {
        Name = name, PromptTokens = 1_000_000, CompletionTokens = 0, InputUsd = usdPerCall, OutputUsd = 99, FixedUsd = fixedUsd,
    };
}
