using System.Text.Json.Nodes;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Activities;

public sealed class EvaluateChunkTests
{
    /// <summary>Judged ones of the made-up drop: one chunk.</summary>
    private const int Rows = 39;

    private const string Recipe = """
        {
          "candidates": [{ "name": "asked", "kind": "prompt", "model": "gpt-4.1-mini" }], "baselines": [],
          "evaluation": { "chunkRows": 40, "maxConcurrency": 4 }, "budget": { "approveAbove": 50 }
        }
        """;

    [Fact]
    public async Task Of_two_deliveries_at_once_one_asks()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        EvaluateChunkInput input = await UnansweredChunkAsync(product, "chunk-twice");
        int before = Asked(product);
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/chat/completions", "action": "slow", "milliseconds": 50 } ] }""");

        Task<ChunkResult>[] both = [.. Enumerable.Range(0, 2).Select(_ => product.Get<EvaluateChunk>().RunAsync(input, TestContext.Current.CancellationToken))];
        await Task.WhenAll(both.Select(b => b.ContinueWith(_ => { }, TaskScheduler.Default)));

        both.Count(b => b.IsCompletedSuccessfully).ShouldBe(1);
        ((FlowException)both.Single(b => b.IsFaulted).Exception!.InnerException!).Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        (Asked(product) - before).ShouldBe(Rows);
        await product.Get<EvaluateChunk>().RunAsync(input, TestContext.Current.CancellationToken);
        (Asked(product) - before).ShouldBe(Rows);
    }

    [Theory]
    [InlineData("unauthorized")]
    [InlineData("insufficientQuota")]
    public async Task Answers_of_an_attempt_that_broke_off_are_kept_and_only_the_rest_is_asked(string fault)
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        EvaluateChunkInput input = await UnansweredChunkAsync(product, $"chunk-{fault}".ToLowerInvariant());
        int before = Asked(product);
        await product.FaultsAsync($$"""{ "rules": [ { "match": "POST /v1/chat/completions", "action": "{{fault}}", "calls": [15, 16, 17, 18, 19, 20] } ] }""");

        await Should.ThrowAsync<FlowException>(product.Get<EvaluateChunk>().RunAsync(input, TestContext.Current.CancellationToken));
        int had = Asked(product) - before;
        had.ShouldBeInRange(11, Rows - 1);
        await product.FaultsAsync("""{ "rules": [] }""");
        await product.Get<EvaluateChunk>().RunAsync(input, TestContext.Current.CancellationToken);

        (Asked(product) - before).ShouldBe(Rows);
        List<Prediction> stored = await product.Store.ReadLinesAsync<Prediction>(RunPaths.Predictions(input.RunId, "asked", 0));
        stored.Select(p => p.Id).Distinct().Count().ShouldBe(Rows);
        stored.ShouldAllBe(p => p.Error != PredictionError.Failed);
    }

    /// <summary>A run that has ended, with the answers of its only chunk taken away.</summary>
    private static async Task<EvaluateChunkInput> UnansweredChunkAsync(WholeProduct product, string project)
    {
        StartedRun run = await product.RunAsync(project, Reviews.Csv(200), Recipe);
        RunView ended = await product.EndAsync(run.RunId);
        ended.Failure.ShouldBeNull();
        RunPlan plan = await product.Store.ReadJsonAsync<RunPlan>(RunPaths.Plan(run.RunId));
        (await product.Store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(run.RunId))).Rows.ShouldBe(Rows);
        (await product.Store.DeleteAsync(RunPaths.Predictions(run.RunId, "asked", 0))).ShouldBeTrue();
        (await product.Store.ExistsAsync(RunPaths.ChunkIntent(run.RunId, "asked", 0))).ShouldBeFalse("a chunk that was asked leaves no intent behind");
        return new EvaluateChunkInput(run.RunId, plan.Candidates.Single(), "gpt-4.1-mini", 0);
    }

    private static int Asked(WholeProduct product) =>
        product.Ledger()["inference"] is JsonObject models ? models.Sum(m => m.Value!["requests"]!.GetValue<int>()) : 0;
}
