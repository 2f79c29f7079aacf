using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>What a run that ended early had cost, added up by hand: gpt-4.1-mini trains for 5 USD a million tokens and is asked, tuned, for
/// 0.80 and 3.20, half of that in a batch.</summary>
public sealed class LateCostsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Begun = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PlannedCandidate Mini = new("mini", OutcomeKind.FineTune, "openai", "gpt-4.1-mini", null, null, "chat", null);
    private static readonly CandidateRecipe Asked = new() { Name = "mini", Model = "gpt-4.1-mini" };

    private readonly MemoryStore _store = new();
    private readonly HeldContainers _containers = new();
    private readonly JobService _service = new(new ProviderFacts("openai", ProviderKind.OpenAI, false, false, 3, "openai"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await PlanAsync(Mini);
        await RecipeAsync(new Recipe { Candidates = [Asked], Baselines = [] });
        _service.Others.Add(_service.Facts with { Name = "another" });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_run_that_has_done_nothing_or_has_no_plan_cost_nothing()
    {
        (await CostsAsync()).ShouldBeEmpty();
        await _store.DeleteAsync(RunPaths.Plan("run-1"), Cancellation);
        await DeployedAsync("mini", 2);
        (await CostsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_ended_without_a_model_its_deployment_and_its_answers_are_added_up()
    {
        await TrainedAsync(2_000_000);
        await DeployedAsync("mini", 2.5);
        await AnsweredAsync("predictions/mini/00000.jsonl", Answer("1", 500_000, 0), Answer("2", 500_000, 250_000));
        // Answers that were recorded twice, those that an earlier run has paid for, and what else lies there do not count again.
        await AnsweredAsync("answers/mini/00000.jsonl", Answer("2", 500_000, 250_000), Answer("3", 1_000_000, 0), Answer("4", 1_000_000, 0) with { PaidBefore = true });
        await AnsweredAsync("answers/mini/00001.json", Answer("5", 1_000_000, 0));
        await AnsweredAsync("answers/mini2/00000.jsonl", Answer("6", 1_000_000, 0));

        (await CostsAsync()).ShouldBe([new LateCost("mini", 14.9, false)]);
        (await CostsAsync(trained: ["mini"])).ShouldBe([new LateCost("mini", 4.9, false)]);
        (await CostsAsync(trained: ["mini"], judged: ["mini"])).ShouldBe([new LateCost("mini", 2.5, false)]);
        (await CostsAsync(judged: ["mini"])).ShouldBe([new LateCost("mini", 12.5, false)]);
    }

    [Fact]
    public async Task In_a_batch_answers_cost_half()
    {
        await RecipeAsync(new Recipe { Candidates = [Asked], Baselines = [], Evaluation = new EvaluationRecipe { Mode = EvaluationMode.Batch } });
        await AnsweredAsync("answers/mini/00000.jsonl", Answer("1", 1_000_000, 0));

        (await CostsAsync()).ShouldBe([new LateCost("mini", 0.4, false)]);
    }

    [Fact]
    public async Task What_a_simulator_would_have_taken_is_told_as_such_and_other_providers_are_unknown()
    {
        _service.Facts = _service.Facts with { Kind = ProviderKind.Simulator };
        await PlanAsync(Mini, Mini with { Name = "elsewhere", Provider = "gone" });
        await DeployedAsync("mini", 2);
        await DeployedAsync("elsewhere", 2);

        (await CostsAsync()).ShouldBe([new LateCost("mini", 2, true)]);
    }

    [Fact]
    public async Task The_tier_of_the_candidates_own_recipe_sets_the_price_of_its_training()
    {
        _service.Facts = _service.Facts with { PriceKey = "azureOpenAI" };
        await RecipeAsync(new Recipe { Candidates = [Asked with { Name = "other", Tier = TrainingTier.Standard }, Asked with { Tier = TrainingTier.Developer }], Baselines = [] });
        await TrainedAsync(1_000_000);

        (await CostsAsync()).ShouldBe([new LateCost("mini", 2, false)]);
    }

    [Fact]
    public async Task A_job_that_an_earlier_run_has_paid_for_and_one_that_was_never_to_train_cost_nothing()
    {
        await TrainedAsync(1_000_000);
        await _store.WriteJsonAsync(
            RunPaths.JobIntent("run-1", "mini"), new SpendRecord<SubmittedJob>(Begun, SpendState.Adopted, new SubmittedJob("job", null, null, "run-0")), cancellation: Cancellation);
        (await CostsAsync()).ShouldBeEmpty();

        await _store.WriteJsonAsync(
            RunPaths.JobIntent("run-1", "mini"), new SpendRecord<SubmittedJob>(Begun, SpendState.Made, new SubmittedJob("job", null)), cancellation: Cancellation);
        (await CostsAsync()).ShouldBe([new LateCost("mini", 5, false)]);

        await PlanAsync(Mini with { Kind = OutcomeKind.Prompt });
        (await CostsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(CheckpointUse.Best, 3)]
    [InlineData(CheckpointUse.All, 3)]
    [InlineData(CheckpointUse.Last, 0)]
    public async Task Checkpoints_that_were_tried_cost_their_deployments_and_answers(CheckpointUse use, double usd)
    {
        await PlanAsync(Mini with { Checkpoints = use });
        await DeployedAsync("mini_10", 0.5);
        await DeployedAsync("mini_20", 0.9);
        await DeployedAsync("mini2_20", 7);
        await AnsweredAsync("predictions/mini_10_validation/00000.jsonl", Answer("1", 1_000_000, 0));
        // The same answer is stored in both places; of another checkpoint it is another.
        await AnsweredAsync("answers/mini_10_validation/00000.jsonl", Answer("1", 1_000_000, 0), Answer("2", 1_000_000, 0) with { PaidBefore = true });
        await AnsweredAsync("answers/mini_20_validation/00000.jsonl", Answer("1", 1_000_000, 0));
        await AnsweredAsync("answers/mini_20_validation/00000.intent.json", Answer("3", 1_000_000, 0));
        await AnsweredAsync("answers/mini_20/00000.jsonl", Answer("1", 1_000_000, 0));

        // What was judged is counted with its candidate.
        LateCost[] costs = [.. await CostsAsync(judged: ["mini", "mini_20"])];

        costs.Sum(cost => cost.Usd).ShouldBe(usd, 1e-12);
    }

    [Fact]
    public async Task A_container_costs_its_machines_hours()
    {
        var recipe = new Recipe
        {
            Candidates = [Asked],
            Baselines = [new BaselineRecipe { Name = "linear" }, new BaselineRecipe { Name = "own", Kind = BaselineKind.Container, Model = "distilbert-base-cased" }],
        };
        await RecipeAsync(recipe);
        await _store.WriteJsonAsync(
            RunPaths.Plan("run-1"),
            new RunPlan([], [new PlannedBaseline("linear", BaselineKind.Linear), new PlannedBaseline("own", BaselineKind.Container), new PlannedBaseline("other", BaselineKind.Linear)], [], 100, 24),
            cancellation: Cancellation);
        (await CostsAsync(recipe)).ShouldBeEmpty();
        ContainerJobRequest request = await new ContainerRequests(_store).OfAsync("run-1", "own", Cancellation);
        await _store.WriteAsync(request.Labels, new MemoryStream(), cancellation: Cancellation);
        await Starts.StartAsync(request, Cancellation);
        (await CostsAsync(recipe)).ShouldBeEmpty("it has begun in this moment");
        _containers.Clock.Advance(TimeSpan.FromMinutes(15));

        // At 2 USD an hour by the book that is in force.
        (await CostsAsync(recipe)).ShouldBe([new LateCost("own", 0.5, false)]);
        (await CostsAsync(recipe, judged: ["own"])).ShouldBeEmpty();
    }

    private ContainerStarts Starts => new(_store, _containers, new SpendOnce(_store, _containers.Clock), _containers.Clock);

    private Task<ImmutableArray<LateCost>> CostsAsync(string[]? trained = null, string[]? judged = null) => CostsAsync(null, trained, judged);

    private async Task<ImmutableArray<LateCost>> CostsAsync(Recipe? recipe, string[]? trained = null, string[]? judged = null)
    {
        var prices = new RunPrices(PriceBook.Default with { Machines = [new MachinePrice("t4", 2, 100, default)] });
        var costs = new LateCosts(
            _store, _service, Starts, new ContainerRequests(_store), prices, new CandidateScores(_store, _service, prices), new CheckpointCosts(_store, prices), new EarlierRuns(_store));
        return [.. (await costs.OfAsync("run-1", [.. trained ?? []], [.. judged ?? []], recipe ?? await RunRecipes.ReadAsync(_store, "run-1", Cancellation), Cancellation))
            .Select(cost => cost with { Usd = Math.Round(cost.Usd, 12) })];
    }

    private Task<BlobWritten> PlanAsync(params PlannedCandidate[] candidates) =>
        _store.WriteJsonAsync(RunPaths.Plan("run-1"), new RunPlan([.. candidates], [], [], 100, 24), cancellation: Cancellation);

    private Task<BlobWritten> RecipeAsync(Recipe recipe) => _store.WriteJsonAsync(RunPaths.Recipe("run-1"), recipe, cancellation: Cancellation);

    private Task<BlobWritten> TrainedAsync(long tokens) => _store.WriteJsonAsync(
        RunPaths.Job("run-1", "mini"), new ProviderJob { Id = "job", Model = "gpt-4.1-mini", State = JobState.Cancelled, RawState = "cancelled", TrainedTokens = tokens }, cancellation: Cancellation);

    private Task<BlobWritten> DeployedAsync(string name, double usd) => _store.WriteJsonAsync(
        RunPaths.Deployment("run-1", name), new DeploymentRecord("openai", name, Begun, Begun.AddHours(1), usd), cancellation: Cancellation);

    private Task<BlobWritten> AnsweredAsync(string path, params Prediction[] answers) => _store.WriteLinesAsync(BlobPath.Of(RunPaths.Runs, $"run-1/{path}"), answers, Cancellation);

    private static Prediction Answer(string id, int prompt, int completion) => new() { Id = id, Label = "a", PromptTokens = prompt, CompletionTokens = completion };
}
