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

    [Fact]
    public void What_is_learned_is_of_all_that_were_counted_together_and_comes_on_top_of_what_was_known()
    {
        QuoteInput input = Input(Estimate.Exactly(12_000));
        Quote quote = Quote.Make(input with { Candidates = [input.Candidates[0], input.Candidates[0] with { Name = "b" }, input.Candidates[0] with { Name = "uncounted" }] });
        double asked = quote.Candidates[0].PromptTokens.Likely;
        var costs = new Dictionary<string, CandidateCost>
        {
            ["a"] = new() { TrainedTokens = 7, EvaluationPromptTokens = (long)asked },
            ["b"] = new() { EvaluationPromptTokens = (long)(1.5 * asked) },
            ["uncounted"] = new() { EvaluationPromptTokens = 0 },
        };

        Reconciliation first = Reconciliation.Of(quote, costs, rows: 10);
        Reconciliation second = Reconciliation.Of(quote with { Calibration = new TokenCalibration(1.2, 10) }, costs, rows: 10);

        first.Candidates.Select(candidate => (candidate.TrainedTokens, candidate.PromptTokens)).ShouldBe([(7, (long)asked), (null, (long)(1.5 * asked)), (null, 0)]);
        // As many as quoted and half as many more; and a fifth more were expected already.
        first.Calibration!.Factor.ShouldBe(1.25, 1e-9);
        second.Calibration!.Factor.ShouldBe(1.5, 1e-9);
        Reconciliation.Of(quote with { Calibration = new TokenCalibration(1.2, 10) }, new Dictionary<string, CandidateCost> { ["a"] = new() }, rows: 10).Calibration.ShouldBeNull();
    }

    private static QuoteInput Input(Estimate tokens) => new()
    {
        Train = new SplitSize(1_000, tokens),
        Holdout = new SplitSize(1_000, tokens),
        Candidates = [new QuotedCandidate { Name = "a", Work = QuotedWork.TrainAndAsk, Model = "gpt-4.1-mini", Form = new TrainingForm(ModelFamily.Chat), Epochs = 1 }],
        Budget = new BudgetRecipe(),
    };
}
