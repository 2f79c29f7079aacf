using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>What a quote says of work that is paid already, has no price in part, or is less than usual: 1,000 rows of 50 tokens to train
/// and 200 as holdout, as in <see cref="QuoteTableTests"/>.</summary>
public sealed class QuoteEdgeTests
{
    private static readonly QuotedCandidate Mini = new() { Name = "mini", Work = QuotedWork.TrainAndAsk, Model = "gpt-4.1-mini", Epochs = 2 };

    private static readonly QuoteInput Plain = new()
    {
        Train = new SplitSize(1_000, Estimate.Exactly(50_000)),
        Holdout = new SplitSize(200, Estimate.Exactly(10_000)),
        Validation = new SplitSize(100, Estimate.Exactly(5_000)),
        Candidates = [],
        Budget = new BudgetRecipe(),
    };

    [Theory]
    [InlineData(QuotedWork.Container)]
    [InlineData(QuotedWork.Encoder)]
    public void A_container_that_an_earlier_run_has_paid_for_costs_nothing_and_says_so(QuotedWork work)
    {
        CandidateQuote quote = Of(new QuotedCandidate { Name = "own", Work = work, Model = "distilbert", TrainingAdopted = true }, Plain);

        (quote.Name, quote.Model, quote.TotalUsd, quote.Unpriced).ShouldBe(("own", "distilbert", Estimate.Zero, false));
        quote.Notes.ShouldBe(["an earlier run has paid for its container"]);
    }

    [Fact]
    public void A_model_whose_asking_is_priced_and_whose_training_is_not_is_unpriced_and_the_other_way_round()
    {
        TokenPrice listed = new() { Model = "m", Provider = "own", AsOf = default, Training = 4, TunedInput = 1, TunedOutput = 2 };
        CandidateQuote Quoted(TokenPrice price, QuotedCandidate candidate) => Quote.Make(
            Plain with { Candidates = [candidate with { PriceKey = "own", Model = "m" }] }, PriceBook.Default with { Tokens = [price] }).Candidates[0];

        Quoted(listed, Mini).Unpriced.ShouldBeFalse();
        Quoted(listed with { Training = null }, Mini).ShouldSatisfyAllConditions(
            quote => quote.Unpriced.ShouldBeTrue(), quote => quote.TrainingUsd.ShouldBe(Estimate.Zero), quote => quote.EvaluationUsd.Likely.ShouldBeGreaterThan(0));
        Quoted(listed with { TunedInput = null }, Mini with { Checkpoints = CheckpointUse.Best }).ShouldSatisfyAllConditions(
            quote => quote.Unpriced.ShouldBeTrue(), quote => quote.SelectionUsd.ShouldBe(Estimate.Zero), quote => quote.TrainingUsd.Likely.ShouldBeGreaterThan(0));
    }

    [Theory]
    // One epoch leaves no checkpoint to choose: one deployment as ever. Without a tier of its own a deployment has the training's.
    [InlineData(1, CheckpointUse.All, null, null, null, 1.7)]
    [InlineData(2, CheckpointUse.Last, TrainingTier.Developer, null, null, 0.0)]
    [InlineData(2, CheckpointUse.Last, TrainingTier.Developer, TrainingTier.Standard, null, 1.7)]
    [InlineData(2, CheckpointUse.Last, null, null, 0.5, 0.5)]
    public void A_deployment_costs_an_hour_of_its_tier(int epochs, CheckpointUse checkpoints, TrainingTier? tier, TrainingTier? hosting, double? told, double usd)
    {
        CandidateQuote quote = Of(
            Mini with { PriceKey = "azureOpenAI", NeedsDeployment = true, Epochs = epochs, Checkpoints = checkpoints, Tier = tier, HostingTier = hosting, HostingUsdPerHour = told }, Plain);

        quote.HostingUsd.Likely.ShouldBe(usd, 1e-9);
        quote.Notes.Any(note => note.StartsWith("as champion it stands", StringComparison.Ordinal)).ShouldBe(usd > 0);
    }

    [Fact]
    public void Where_nothing_is_asked_nobody_has_paid_for_answers_and_no_validation_rows_are_none()
    {
        Of(Mini, Plain with { Holdout = new SplitSize(0, Estimate.Zero) }).Notes.ShouldNotContain(note => note.Contains("an earlier run", StringComparison.Ordinal));
        Of(Mini with { Epochs = 3, Checkpoints = CheckpointUse.Best }, Plain with { Validation = null }).Notes.ShouldContain("3 checkpoints are asked about 0 validation rows");
    }

    [Theory]
    // A question has 50 tokens and 11 besides, a shot 50 and 11 and its label; a system prompt of 21 letters (5 tokens, and 4 for its message) stands once.
    [InlineData(1_000, 2, 1, "", 61 + (2 * 62))]
    [InlineData(1_000, 2, 3, "", 61 + (2 * 64))]
    [InlineData(1, 2, 1, "", 61 + (2 * 50_012))]
    [InlineData(1_000, 2, 1, "aaaaaaaaaaaaaaaaaaaaa", 61 + 9 + (2 * 62))]
    [InlineData(1_000, 0, 3, "aaaaaaaaaaaaaaaaaaaaa", 61 + 9)]
    public void A_question_takes_its_shots_along(long trainingRows, int shots, double labelTokens, string system, double tokens)
    {
        QuoteInput input = Plain with { Train = new SplitSize(trainingRows, Estimate.Exactly(50_000)), LabelTokens = labelTokens };

        CandidateQuote quote = Of(Mini with { Work = QuotedWork.AskBase, Shots = shots, Form = new TrainingForm(ModelFamily.Chat, system.Length == 0 ? null : system) }, input);

        (quote.PromptTokens.Likely / 200).ShouldBe(tokens, 1e-9);
    }

    [Fact]
    public void A_long_container_job_is_told_in_minutes_of_sixty_seconds()
    {
        // 600,000 and a third of 200 examples at 123 a second, and four minutes: 5,118.6 seconds.
        Of(new QuotedCandidate { Name = "own", Work = QuotedWork.Container, Model = "distilbert", Epochs = 600 }, Plain).Notes.ShouldBe(["about 85 minutes on t4 at 1.54 USD an hour"]);
    }

    [Theory]
    // At the value that is none; and behind the colon of the property that nobody knows.
    [InlineData("{ \"asOf\": x }", 1, "11")]
    [InlineData("{\n \"asOf\": \"2027-01-02\",\n  \"sauce\": 1 }", 3, "11")]
    public void A_file_is_refused_with_line_and_column_counted_from_one(string json, long line, string column)
    {
        Failure failure = Should.Throw<FlowException>(() => PriceBook.Read("mine.json", Encoding.UTF8.GetBytes(json))).Failure;

        (failure.Location!.Line, failure.Location.Column).ShouldBe((line, column));
    }

    [Fact]
    public void One_candidate_without_a_price_among_priced_ones_needs_approval_and_a_price_book_of_ones_own_is_gone_by()
    {
        Quote.Make(Plain with { Candidates = [Mini, Mini with { PriceKey = "own", Model = "m" }] }).NeedsApproval.ShouldBeTrue();

        PriceBook dearer = PriceBook.Default with { Tokens = [new TokenPrice { Model = "gpt-4.1-mini", AsOf = default, Training = 50, TunedInput = 8, TunedOutput = 32 }], Source = "ours" };
        Quote quote = Quote.Make(Plain with { Candidates = [Mini] }, dearer);
        (quote.PriceSource, quote.TotalUsd.Likely).ShouldBe(("ours", 10 * Quote.Make(Plain with { Candidates = [Mini] }).TotalUsd.Likely));
    }

    [Theory]
    // 50,000 pieces at so many a second, and the 10,000 of the holdout a third of it; half a minute besides.
    [InlineData(900, "89 seconds")]
    [InlineData(888.9, "90 seconds")]
    [InlineData(888.8, "2 minutes")]
    [InlineData(10, "89 minutes")]
    public void An_encoders_time_is_told_in_seconds_and_from_ninety_on_in_minutes(double piecesASecond, string told)
    {
        QuotedCandidate encoder = new()
        {
            Name = "enc", Work = QuotedWork.Encoder, Model = "m", Epochs = 1, Machine = "t4", LayerParameters = 1, MeasuredRate = new MachineRate(piecesASecond, new DateTimeOffset(2026, 2, 3, 0, 0, 0, TimeSpan.Zero)),
        };

        Of(encoder, Plain).Notes[0].ShouldStartWith($"about {told} (");
    }

    private static CandidateQuote Of(QuotedCandidate candidate, QuoteInput input) => Quote.Make(input with { Candidates = [candidate] }).Candidates[0];
}
