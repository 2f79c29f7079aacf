using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>Whole runs against the simulator's Azure side: files that are processed, jobs that begin as pending, fine-tunes that answer
/// only where they are deployed.</summary>
public sealed class AzureRunTests
{
    private const string Recipe = """
        {
          "candidates": [{ "name": "gpt", "provider": "azure", "model": "gpt-4.1-mini", "epochs": 1 }],
          "baselines": [{ "name": "linear" }], "budget": { "usd": 1000000, "approveAbove": 1000000 }
        }
        """;

    [Fact]
    public async Task A_fine_tune_is_deployed_for_its_evaluation_and_removed_and_its_hours_are_in_the_record()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.WithDeployments(hourlyUsd: 3600));
        StartedRun run = await product.RunAsync("azure-whole", Reviews.Csv(200), Recipe);

        RunView ended = await product.EndAsync(run.RunId);

        ended.Failure.ShouldBeNull();
        ended.Outcome.ShouldBe(RunOutcome.Succeeded);
        await RemovedAsync(product, run.RunId);
        double hosting = await HostingAsync(product, run.RunId);
        hosting.ShouldBeGreaterThan(0);
        RunRecord record = await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run.RunId));
        CandidateRecord gpt = record.Candidates.Single(c => c.Name == "gpt");
        // Three sources, one figure: the record, its candidate, and the report.
        record.SpentUsd.ShouldBe(gpt.CostUsd!.Value, 1e-9);
        record.SpentUsd.ShouldBeGreaterThan(hosting);
        RunReport report = ReportJson.Read(Encoding.UTF8.GetString(await product.Store.ReadBytesAsync(RunPaths.Report(run.RunId, "json"))));
        report.Candidates.Single(c => c.Name == "gpt").Cost.TotalUsd.ShouldBe(record.SpentUsd, 1e-9);
        record.Reconciliation!.ActualUsd.ShouldBe(record.SpentUsd, 1e-9);
    }

    [Fact]
    public async Task A_deployment_is_removed_also_when_the_evaluation_fails_and_its_cost_is_told()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.WithDeployments(hourlyUsd: 3600));
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /openai/v1/chat/completions", "action": "insufficientQuota" } ] }""");
        StartedRun run = await product.RunAsync("azure-failing", Reviews.Csv(200), Recipe);

        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Failed);
        ended.Failure!.Kind.ShouldBe(FailureKind.QuotaExhausted);
        await RemovedAsync(product, run.RunId);
        RunRecord record = await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run.RunId));
        record.SpentUsd.ShouldBeGreaterThan(await HostingAsync(product, run.RunId), "hosting and training");
    }

    [Fact]
    public async Task A_run_cancelled_while_it_deploys_leaves_no_deployment()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.WithDeployments(hourlyUsd: 3600));
        await product.FaultsAsync("""{ "rules": [ { "match": "PUT /subscriptions/**", "action": "lostAnswer" }, { "match": "GET /subscriptions/**", "action": "serverError", "times": 3 } ] }""");
        StartedRun run = await product.RunAsync("azure-cancel", Reviews.Csv(200), Recipe);
        await product.UntilAsync(run.RunId, v => v.Candidates.Any(c => c.Record.State == CandidateState.Evaluating));

        await product.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest(), TestContext.Current.CancellationToken);
        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Cancelled);
        await RemovedAsync(product, run.RunId);
    }

    private static async Task RemovedAsync(WholeProduct product, string runId) =>
        (await product.Get<IModelDeployments>().GetAsync("azure", ModelDeployment.NameOf(runId, "gpt"))).ShouldBeNull();

    private static async Task<double> HostingAsync(WholeProduct product, string runId) =>
        (await product.Store.ReadJsonAsync<DeploymentRecord>(RunPaths.Deployment(runId, "gpt"))).HostingUsd;
}
