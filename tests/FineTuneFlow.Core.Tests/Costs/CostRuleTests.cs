using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>Limits, ties and sums of what is priced after a run, looked ahead, and looked at before one.</summary>
public sealed class CostRuleTests
{
    private static readonly DateOnly Today = new(2026, 3, 2);

    // By days from today: when training, inference and the untuned model end. What the first word is of says what is told.
    public static TheoryData<ModelLife, bool, string?> Lives => new()
    {
        { new("p", "m"), true, null },
        { new("p", "m", Tunable: false), true, "P does not fine-tune m" },
        { new("p", "m", Tunable: false), false, null },
        { new("p", "m", TrainingEnds: Today), true, "P no longer trains m since 2026-03-02" },
        { new("p", "m", TrainingEnds: Today.AddDays(1)), true, "P trains m only until 2026-03-03, before the run could end" },
        { new("p", "m", TrainingEnds: Today.AddDays(2)), true, null },
        { new("p", "m", TrainingEnds: Today), false, null },
        { new("p", "m", InferenceEnds: Today), true, "P no longer serves m since 2026-03-02" },
        { new("p", "m", InferenceEnds: Today), false, "P no longer serves m since 2026-03-02" },
        { new("p", "m", TrainingEnds: Today.AddDays(-1), InferenceEnds: Today), true, "P no longer trains m since 2026-03-01" },
        { new("p", "m", TrainingEnds: Today, InferenceEnds: Today), true, "P no longer trains m since 2026-03-02" },
        { new("p", "m", TrainingEnds: Today.AddDays(9), InferenceEnds: Today), true, "P no longer serves m since 2026-03-02" },
        { new("p", "m", InferenceEnds: Today.AddDays(9)) { BaseEnds = Today }, false, "P no longer serves m since 2026-03-02" },
        { new("p", "m", InferenceEnds: Today.AddDays(9)) { BaseEnds = Today }, true, "warning: m at P answers only until 2026-03-11, and what is trained on it goes with it" },
        { new("p", "m", InferenceEnds: Today.AddDays(9)), false, "warning: m at P answers only until 2026-03-11" },
        { new("p", "m", InferenceEnds: Today.AddDays(9), Note: "why") { BaseEnds = Today.AddDays(8) }, false, "warning: m at P answers only until 2026-03-10 (why)" },
    };

    [Theory]
    [MemberData(nameof(Lives))]
    public void A_model_is_refused_or_told_of_by_its_days(ModelLife life, bool trains, string? told)
    {
        PreflightResult result = Check([life], "m", trains);

        string? first = result.Problems.Select(problem => problem.Message).Concat(result.Warnings.Select(warning => $"warning: {warning.Message}")).SingleOrDefault();
        first.ShouldBe(told);
        result.Problems.ShouldAllBe(problem => problem.Field == "candidates[name=c].model" && problem.Remedy != null);
    }

    [Fact]
    public void Nothing_is_known_of_a_providers_models_or_of_this_one()
    {
        Check([], "m", true).Warnings.Single().ShouldBe(new PreflightWarning("c", "nothing is known about the models of P: whether m can be trained shows only when the job is created", null));
        Check([new("p", "a")], "m", true, partial: ["P"]).Warnings.Single().Message.ShouldBe("nothing is known about m of P: whether it can be trained shows only when the job is created");
        Failure unknown = Check([new("p", "alpha"), new("p", "asked", Tunable: false)], "zzz", true).Problems.Single();
        (unknown.Kind, unknown.Field).ShouldBe((FailureKind.InvalidInput, "candidates[name=c].model"));
        unknown.Remedy.ShouldStartWith("Known: alpha. ");
        Check([new("p", "alpha"), new("p", "asked", Tunable: false)], "zzz", false).Problems.Single().Remedy.ShouldStartWith("Known: alpha, asked. ");
        Check([new("p", "alpha")], "alpho", true).Problems.Single().Remedy.ShouldStartWith("Did you mean \"alpha\"? ");
    }

    [Fact]
    public void What_to_take_instead_lives_long_enough_for_what_is_to_be_done()
    {
        ModelLife[] models =
        [
            new("p", "m", TrainingEnds: Today, InferenceEnds: Today), new("p", "good"), new("p", "asked", Tunable: false), new("p", "ending", TrainingEnds: Today.AddDays(1)),
            new("p", "later", TrainingEnds: Today.AddDays(2)), new("p", "dying", InferenceEnds: Today.AddDays(1)), new("p", "long", InferenceEnds: Today.AddDays(2)),
        ];

        Check(models, "m", true).Problems.Single().Remedy.ShouldStartWith("Choose one of good, later, long, or another provider");
        Check(models, "m", false).Problems.Single().Remedy.ShouldStartWith("Choose one of good, asked, ending, later, long, or another provider");
        Check(models[..1], "m", true).Problems.Single().Remedy.ShouldStartWith("Choose another provider");
        // A run that takes three days needs a model that lives longer.
        Check(models, "later", true, expected: TimeSpan.FromDays(3)).Problems.Single().Remedy.ShouldStartWith("Choose one of good, or another provider");
        Check(models[..2], "m", true).Problems.Single().Remedy.ShouldStartWith("Choose one of good, or");
    }

    [Theory]
    [InlineData(0, 0, 1, null)]
    [InlineData(1e12, 0, 1, null)]
    [InlineData(1.01e12, 0, 1, "volume")]
    [InlineData(-1, 0, 1, "volume")]
    [InlineData(0.5, 0, 1, null)]
    [InlineData(100, -0.5, 2, null)]
    [InlineData(100, -0.51, 2, "growth")]
    [InlineData(100, 1, 2, null)]
    [InlineData(100, 1.01, 2, "growth")]
    [InlineData(100, 0, 0, "days")]
    [InlineData(100, 0, 3650, null)]
    [InlineData(100, 0, 3651, "days")]
    [InlineData(1e12, 1, 10, null)] // 5.12e14 on the last day
    [InlineData(1e12, 1, 11, "growth")] // 1.024e15
    [InlineData(976_562_500_000, 1, 11, null)] // 1e15 exactly
    [InlineData(1e12, 0.5, 19, "growth")] // 1.48e15 on the last day
    [InlineData(1e12, 0.5, 18, null)] // 9.85e14
    public void A_look_ahead_has_limits(double volume, double growth, int days, string? field)
    {
        ServiceOption[] options = [Option("a", 1, 1), Option("b", 2, 1)];

        if (field is null)
        {
            CostProjection.Project(options, volume, growth, days).Days.Length.ShouldBe(days);
        }
        else
        {
            Failure failure = Should.Throw<FlowException>(() => CostProjection.Project(options, volume, growth, days)).Failure;
            (failure.Kind, failure.Field).ShouldBe((FailureKind.InvalidInput, field));
            failure.Remedy.ShouldNotBeNull();
        }
    }

    [Fact]
    public void A_look_ahead_needs_options_of_different_names_and_names_the_first_of_the_cheapest()
    {
        Should.Throw<FlowException>(() => CostProjection.Project([], 1, 0, 1)).Failure.Field.ShouldBe("options");
        Should.Throw<FlowException>(() => CostProjection.Project([Option("a", 1, 1), Option("a", 2, 1)], 1, 0, 1)).Failure.Field.ShouldBe("options");
        CostProjection.Project([Option("dear", 2, 1), Option("first", 1, 1), Option("second", 1, 1)], 10, 0, 3).Cheapest.ShouldBe("first");
        CostProjection.ChapterOptions().ShouldAllBe(option => option.Description != null && option.Description.Length > 5);
    }

    [Theory]
    // fixed and a call (of a million tokens at so many USD), of both; the dear one first, then the cheap one, and from how many calls on.
    [InlineData(0, 2, 10, 1, "a", "b", 10)]
    [InlineData(10, 1, 0, 2, "b", "a", 10)]
    [InlineData(5, 2, 5, 1, "a", "b", 0)]
    [InlineData(5, 1, 5, 2, "b", "a", 0)]
    [InlineData(5, 1, 9, 1, "b", "a", 0)]
    [InlineData(9, 1, 5, 1, "a", "b", 0)]
    [InlineData(1, 1, 2, 2, "b", "a", 0)]
    [InlineData(2, 2, 1, 1, "a", "b", 0)]
    [InlineData(5, 1, 5, 1, null, null, 0)]
    public void Break_even_of_two_ways(double fixedA, double callA, double fixedB, double callB, string? dear, string? cheap, double calls)
    {
        BreakEven? point = BreakEven.Of(Option("a", fixedA, callA), Option("b", fixedB, callB));

        point.ShouldBe(dear is null ? null : new BreakEven(dear, cheap!, calls));
    }

    [Fact]
    public void Break_even_counts_days_and_each_pair_once()
    {
        ServiceOption standing = Option("standing", 0, 1) with { UsdPerDay = 3 };
        BreakEven.Of(standing, Option("asked", 0, 2), days: 10).ShouldBe(new BreakEven("asked", "standing", 30));

        BreakEven.OfAll([standing, Option("asked", 0, 2), Option("third", 90, 0.5)], days: 10).Select(point => (point.Dear, point.Cheap, point.Calls)).ShouldBe(
            [("asked", "standing", 30), ("standing", "third", 120), ("asked", "third", 60)]);
    }

    [Fact]
    public void What_a_run_has_cost_leaves_out_what_was_adopted()
    {
        new CandidateCost { TrainingUsd = 16, EvaluationUsd = 8, HostingUsd = 4, SelectionUsd = 2, AdoptedUsd = 1 }.TotalUsd.ShouldBe(29);
    }

    [Fact]
    public void What_was_used_is_kept_beside_its_price()
    {
        PriceBook mine = PriceBook.Default with { Tokens = [new TokenPrice { Model = "m", AsOf = default, Training = 4, TunedInput = 2, TunedOutput = 8 }], Machines = [new MachinePrice("t4", 9, 1, default)] };
        Usage usage = new()
        {
            PriceKey = "azureOpenAI", Model = "m", Tuned = true, Simulated = true, Tier = TrainingTier.Developer, TrainedTokens = 1_000_000, PromptTokens = 500_000, CompletionTokens = 1, HostingHours = 2,
        };

        ActualCost.Of(usage with { PriceKey = "openai" }, mine).ShouldSatisfyAllConditions(
            cost => (cost.TrainedTokens, cost.EvaluationPromptTokens, cost.EvaluationCompletionTokens, cost.HostingHours, cost.Simulated).ShouldBe((1_000_000, 500_000, 1, 2, true)),
            cost => cost.EvaluationUsd.ShouldBe(1.000008, 1e-12),
            cost => cost.Asking.ShouldBe(new AskingPrice(2, 8)));
        // A tier at Azure; one token is a token; where nothing was asked no price is needed.
        ActualCost.Of(usage with { PriceKey = "azureOpenAI", Model = "gpt-4.1-mini" }).TrainingUsd.ShouldBe(2, 1e-12);
        Usage none = new() { PriceKey = "nobody", Model = "m", Tuned = true };
        ActualCost.Of(none).ShouldSatisfyAllConditions(cost => cost.Unpriced.ShouldBeFalse(), cost => cost.TotalUsd.ShouldBe(0));
        ActualCost.Of(none with { PromptTokens = 0, CompletionTokens = 0 }).ShouldSatisfyAllConditions(cost => cost.Unpriced.ShouldBeFalse(), cost => cost.TotalUsd.ShouldBe(0));
        ActualCost.Of(none with { TrainedTokens = 1 }).Unpriced.ShouldBeTrue();
        ActualCost.Of(none with { PromptTokens = 1 }).ShouldSatisfyAllConditions(cost => cost.Unpriced.ShouldBeTrue(), cost => cost.EvaluationUsd.ShouldBe(0));
        ActualCost.Of(new() { PriceKey = "openai", Model = "gpt-4.1-mini", Tuned = true, CompletionTokens = 1_000_000 }).EvaluationUsd.ShouldBe(3.2, 1e-12);
        ActualCost.Of(new() { PriceKey = "azureOpenAI", Model = "gpt-4.1-mini", Tuned = true }).TotalUsd.ShouldBe(0);
        ActualCost.OfContainer("t4", TimeSpan.FromHours(2), mine).HostingUsd.ShouldBe(18, 1e-12);
    }

    [Fact]
    public void A_candidate_becomes_an_option_by_the_average_of_what_it_used()
    {
        CandidateCost cost = new() { EvaluationPromptTokens = 600, EvaluationCompletionTokens = 30, EvaluationUsd = 0.5, Asking = new AskingPrice(2, 8) };

        UnitCost.OptionOf("n", "d", cost, 10, 7, 3).ShouldBe(new ServiceOption
        {
            Name = "n", Description = "d", PromptTokens = 60, CompletionTokens = 3, InputUsd = 2, OutputUsd = 8, FixedUsd = 7, UsdPerDay = 3,
        });
        UnitCost.OptionOf("n", "d", new CandidateCost(), 10, 0, 0).UsdPerCall.ShouldBe(0);
        UnitCost.OptionOf("n", "d", new CandidateCost(), 10, 0, 0).ShouldBe(new ServiceOption { Name = "n", Description = "d", PromptTokens = 0, CompletionTokens = 0, InputUsd = 0, OutputUsd = 0 });
        (UnitCost.Of(cost, 1, 1), UnitCost.Of(cost, 0, 0), UnitCost.Of(cost, 4, 0), UnitCost.Of(cost, 4, 2)).ShouldBe(
            (new UnitCost(500, 500), new UnitCost(null, null), new UnitCost(125, null), new UnitCost(125, 250)));
    }

    [Theory]
    [InlineData(100, 110, 1.1)]
    [InlineData(1, 1, 1.0)]
    [InlineData(0, 110, null)]
    [InlineData(100, 0, null)]
    public void What_was_counted_over_what_was_estimated_is_learned(double likely, long observed, double? factor)
    {
        TokenCalibration.From(Estimate.Exactly(likely), observed, 1)?.Factor.ShouldBe(factor!.Value, 1e-12);
        (TokenCalibration.From(Estimate.Exactly(likely), observed, 1) is null).ShouldBe(factor is null);
        TokenCalibration.From(Estimate.Exactly(likely), observed, 0).ShouldBeNull();
    }

    [Theory]
    // 100 rows: 2 % and 10 %; one row: 102 %, but neither below nothing nor wider than before.
    [InlineData(1.1, 100, 96.8, 110, 123.2)]
    [InlineData(1.1, 1, 80, 110, 140)]
    [InlineData(2, 1, 80, 200, 200)]
    [InlineData(0.5, 1, 50, 50, 101)]
    [InlineData(0.5, 10_000, 50, 50, 51.5)]
    public void A_calibrated_estimate_is_moved_and_narrowed(double factor, long rows, double low, double likely, double high)
    {
        Estimate moved = new TokenCalibration(factor, rows).Apply(new Estimate(80, 100, 140));

        (Math.Round(moved.Low, 9), Math.Round(moved.Likely, 9), Math.Round(moved.High, 9)).ShouldBe((low, likely, high));
    }

    private static ServiceOption Option(string name, double fixedUsd, double usdPerCall) => new()
    {
        Name = name, PromptTokens = 1e6, CompletionTokens = 0, InputUsd = usdPerCall, OutputUsd = 0, FixedUsd = fixedUsd,
    };

    private static PreflightResult Check(ModelLife[] models, string model, bool trains, string[]? partial = null, TimeSpan? expected = null) => Preflight.Check(
        [new PreflightCandidate("c", "P", "p", model, trains)],
        new ModelBook { AsOf = Today, Source = "us", Models = [.. models], Partial = [.. partial ?? []] },
        new DateTimeOffset(Today.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
        expected);
}
