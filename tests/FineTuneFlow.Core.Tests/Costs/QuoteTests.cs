using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Costs;

public sealed class QuoteTests
{
    private static readonly QuotedCandidate Babbage = new()
    {
        Name = "babbage-1", Work = QuotedWork.TrainAndAsk, PriceKey = "simulator", Simulated = true, Model = "babbage-002",
        Form = new TrainingForm(ModelFamily.Completion), Epochs = 1,
    };

    [Fact]
    public void The_chapters_babbage_run_would_have_been_quoted_around_what_it_cost()
    {
        // 172,839 texts of 12.8 tokens each, as the chapter's bill implies; known exactly here.
        Quote quote = Quote.Make(Input(Babbage));

        CandidateQuote babbage = quote.Candidates.ShouldHaveSingleItem();
        babbage.TrainingTokens.Low.ShouldBeLessThan(2_833_557);
        babbage.TrainingTokens.High.ShouldBeGreaterThan(2_833_557);
        babbage.TrainingUsd.Likely.ShouldBe(1.13, 0.08);
        // 57,613 predictions of an average input and one token of output.
        babbage.EvaluationUsd.Likely.ShouldBe(57_613 * (15.8 + 1) * 1.6e-6, 0.01);
        quote.TotalUsd.ShouldBe(babbage.TotalUsd);
        quote.PayableUsd.ShouldBe(Estimate.Zero);
    }

    [Fact]
    public void Choosing_a_checkpoint_is_quoted_with_its_questions_and_deployments()
    {
        QuotedCandidate azure = Babbage with
        {
            Name = "best", Epochs = 4, PriceKey = "azureOpenAI", Simulated = false, Model = "gpt-4.1-mini", Form = new TrainingForm(ModelFamily.Chat), NeedsDeployment = true,
            Checkpoints = CheckpointUse.Best,
        };
        QuoteInput input = Input(
            azure, azure with { Name = "all", Checkpoints = CheckpointUse.All }, azure with { Name = "last", Checkpoints = CheckpointUse.Last }, azure with { Name = "one", Epochs = 1 });
        input = input with { Validation = input.Holdout };

        CandidateQuote[] quoted = [.. Quote.Make(input).Candidates];

        double evaluation = quoted[0].EvaluationUsd.Likely;
        // Three checkpoints, each about as many rows as the holdout has.
        quoted[0].SelectionUsd.Likely.ShouldBe(3 * evaluation, 1e-9);
        quoted[1].SelectionUsd.Likely.ShouldBe(5 * evaluation, 1e-9);
        quoted[2].SelectionUsd.ShouldBe(Estimate.Zero);
        quoted[3].SelectionUsd.ShouldBe(Estimate.Zero, "one epoch leaves one checkpoint");
        quoted[0].HostingUsd.Likely.ShouldBe(4 * quoted[2].HostingUsd.Likely, 1e-9);
        quoted[0].TotalUsd.Likely.ShouldBe(quoted[0].TrainingUsd.Likely + (4 * evaluation) + quoted[0].HostingUsd.Likely, 1e-9);
        quoted[0].Notes.ShouldContain(note => note.Contains("3 checkpoints", StringComparison.Ordinal) && note.Contains("deployment of its own", StringComparison.Ordinal));
    }

    [Fact]
    public void Three_epochs_are_billed_three_times_and_new_rows_alone_only_once()
    {
        QuoteInput input = Input(Babbage, Babbage with { Name = "b4", Epochs = 3 }, Babbage with { Name = "new", NewRowsOnly = true }) with
        {
            NewTrain = new SplitSize(1_000, Estimate.Exactly(12_800)),
        };

        Quote quote = Quote.Make(input);

        quote.Candidates[1].TrainingUsd.Likely.ShouldBe(3 * quote.Candidates[0].TrainingUsd.Likely, 1e-9);
        quote.Candidates[2].TrainingTokens.Likely.ShouldBe(16_800, 1);
    }

    [Fact]
    public void A_choice_of_epochs_left_to_the_service_widens_the_quote()
    {
        CandidateQuote quote = Quote.Make(Input(Babbage with { Epochs = null })).Candidates[0];

        (quote.TrainingUsd.High / quote.TrainingUsd.Low).ShouldBeGreaterThan(2.5);
        quote.Notes.ShouldContain(note => note.Contains("the service chooses the epochs"));
    }

    [Fact]
    public void Approval_and_budget_look_at_the_upper_end()
    {
        Quote cheap = Quote.Make(Input(Babbage));
        double high = cheap.TotalUsd.High;

        cheap.NeedsApproval.ShouldBeFalse();
        Quote.Make(Input(Babbage) with { Budget = new BudgetRecipe { ApproveAbove = high - 0.01 } }).NeedsApproval.ShouldBeTrue();
        Quote.Make(Input(Babbage) with { Budget = new BudgetRecipe { Usd = high - 0.01 } }).OverBudget.ShouldBeTrue();
    }

    [Fact]
    public void A_model_without_a_price_needs_approval_whatever_the_sum()
    {
        Quote quote = Quote.Make(Input(Babbage with { Model = "own-model", PriceKey = "nebius", Simulated = false }));

        quote.Candidates[0].Unpriced.ShouldBeTrue();
        quote.NeedsApproval.ShouldBeTrue();
        quote.Candidates[0].Notes.ShouldContain(note => note.Contains("price file"));
    }

    [Fact]
    public void Shots_and_thinking_aloud_are_paid_for_at_every_row()
    {
        QuotedCandidate ask = Babbage with { Name = "ask", Work = QuotedWork.AskBase, Model = "gpt-4.1-mini", Form = new TrainingForm(ModelFamily.Chat) };

        Quote quote = Quote.Make(Input(ask, ask with { Shots = 5 }, ask with { ChainOfThought = true }));

        quote.Candidates[0].TrainingUsd.ShouldBe(Estimate.Zero);
        quote.Candidates[1].PromptTokens.Likely.ShouldBeGreaterThan(quote.Candidates[0].PromptTokens.Likely * 5);
        quote.Candidates[2].CompletionTokens.Likely.ShouldBe(57_613 * 101, 1);
    }

    [Fact]
    public void Deployments_and_container_jobs_are_quoted_by_the_hour_and_linear_costs_nothing()
    {
        Quote quote = Quote.Make(Input(
            Babbage with { Name = "azure", Model = "gpt-4.1-mini", PriceKey = "azureOpenAI", Simulated = false, NeedsDeployment = true, Tier = TrainingTier.Standard },
            new QuotedCandidate { Name = "distilbert", Work = QuotedWork.Container, Model = "distilbert-base-cased", Epochs = 1 },
            new QuotedCandidate { Name = "linear", Work = QuotedWork.Linear, Model = "linear" }));

        quote.Candidates[0].HostingUsd.Likely.ShouldBe(1.70);
        // The chapter's DistilBERT cost about 0.60 with its evaluation on top.
        quote.Candidates[1].TotalUsd.Likely.ShouldBe(0.60, 0.25);
        quote.Candidates[1].TotalUsd.Low.ShouldBeGreaterThan(0.2);
        quote.Candidates[2].TotalUsd.ShouldBe(Estimate.Zero);
        quote.PayableUsd.ShouldBe(quote.TotalUsd);
    }

    [Fact]
    public void What_a_champion_costs_an_hour_is_the_price_of_its_deployments_tier_or_of_the_settings()
    {
        QuotedCandidate azure = Babbage with { Name = "azure", Model = "gpt-4.1-mini", PriceKey = "azureOpenAI", NeedsDeployment = true, Tier = TrainingTier.Developer };

        Quote quote = Quote.Make(Input(
            azure with { HostingTier = TrainingTier.Standard }, azure with { HostingTier = TrainingTier.Developer }, azure with { HostingUsdPerHour = 2.5 }, Babbage));

        quote.Candidates.Select(candidate => candidate.ServingUsdPerHour).ShouldBe([1.70, 0, 2.5, null]);
        quote.Candidates[0].Notes.ShouldContain("as champion it stands in a deployment for 1.70 USD an hour, 1,241 USD a month, until another takes its place");
        quote.Candidates[1].Notes.ShouldNotContain(note => note.Contains("an hour"));
        quote.Candidates[2].HostingUsd.Likely.ShouldBe(2.5);
    }

    [Fact]
    public void A_sample_of_the_holdout_costs_its_share() =>
        new SplitSize(1_000, new Estimate(100, 200, 400)).Take(250).ShouldBe(new SplitSize(250, new Estimate(25, 50, 100)));

    private static QuoteInput Input(params QuotedCandidate[] candidates) => new()
    {
        Train = new SplitSize(172_839, Estimate.Exactly(172_839 * 12.8)),
        Holdout = new SplitSize(57_613, Estimate.Exactly(57_613 * 12.8)),
        Candidates = [.. candidates],
        Budget = new BudgetRecipe(),
    };
}
