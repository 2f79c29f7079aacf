using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Costs;

public sealed class ReconciliationTests
{
    [Fact]
    public void What_was_used_stands_beside_what_was_quoted_and_teaches_the_next_quote()
    {
        QuoteInput input = Input(new Estimate(9_000, 12_000, 16_000));
        Quote quote = Quote.Make(input);
        CandidateQuote quoted = quote.Candidates[0];
        long prompt = (long)(quoted.PromptTokens.Likely * 1.1);
        CandidateCost cost = ActualCost.Of(new Usage
        {
            PriceKey = "openai", Model = "gpt-4.1-mini", Tuned = true, TrainedTokens = (long)quoted.TrainingTokens.Likely, PromptTokens = prompt, CompletionTokens = 1_000,
        });

        Reconciliation reconciled = Reconciliation.Of(quote, new Dictionary<string, CandidateCost> { ["a"] = cost }, rows: 1_000);

        ReconciledCandidate a = reconciled.Candidates.ShouldHaveSingleItem();
        a.Place.ShouldBe(QuotePlace.Within);
        a.ActualUsd.ShouldBe(cost.TotalUsd);
        reconciled.ActualUsd.ShouldBe(cost.TotalUsd);
        reconciled.Calibration!.Factor.ShouldBe(1.1, 0.001);
        Quote next = Quote.Make(input with { Calibration = reconciled.Calibration });
        next.Candidates[0].PromptTokens.Likely.ShouldBe(prompt, 50);
        (next.TotalUsd.High - next.TotalUsd.Low).ShouldBeLessThan(quote.TotalUsd.High - quote.TotalUsd.Low);
    }

    [Fact]
    public void What_was_learned_is_kept_by_runs_that_confirm_it()
    {
        QuoteInput input = Input(new Estimate(9_000, 12_000, 16_000));
        long counted = (long)(Quote.Make(input).Candidates[0].PromptTokens.Likely * 1.1);
        TokenCalibration? known = null;
        for (int run = 0; run < 4; run++)
        {
            Quote quote = Quote.Make(input with { Calibration = known });
            known = Reconciliation.Of(quote, new Dictionary<string, CandidateCost> { ["a"] = new() { EvaluationPromptTokens = counted } }, rows: 1_000).Calibration;
            known!.Factor.ShouldBe(1.1, 0.001);
        }
    }

    [Theory]
    [InlineData(100, QuotePlace.Above)]
    [InlineData(0, QuotePlace.Below)]
    public void A_cost_out_of_its_range_is_told(double usd, QuotePlace place)
    {
        Quote quote = Quote.Make(Input(Estimate.Exactly(10_000_000)));

        Reconciliation reconciled = Reconciliation.Of(
            quote, new Dictionary<string, CandidateCost> { ["a"] = new() { TrainingUsd = usd * 10 }, ["not quoted"] = new() { HostingUsd = 3 } }, rows: 10);

        reconciled.Candidates.ShouldHaveSingleItem().Place.ShouldBe(place);
        reconciled.ActualUsd.ShouldBe((usd * 10) + 3);
        reconciled.Calibration.ShouldBeNull();
    }

    private static QuoteInput Input(Estimate tokens) => new()
    {
        Train = new SplitSize(1_000, tokens),
        Holdout = new SplitSize(1_000, tokens),
        Candidates = [new QuotedCandidate { Name = "a", Work = QuotedWork.TrainAndAsk, Model = "gpt-4.1-mini", Form = new TrainingForm(ModelFamily.Chat), Epochs = 1 }],
        Budget = new BudgetRecipe(),
    };
}
