using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>Checkpoints that are chosen by the validation split and judged once on the holdout, in whole runs.</summary>
public sealed class CheckpointRunTests
{
    [Fact]
    public async Task The_best_checkpoint_on_the_validation_split_is_judged_and_no_other_sees_the_holdout()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun run = await product.RunAsync("best", Reviews.Csv(240), Recipe("simulator", "best"));

        (RunView ended, CandidateReport gpt) = await EndedAsync(product, run.RunId);

        gpt.Checkpoints.Length.ShouldBe(3, "the newest three of four epochs");
        CheckpointReport chosen = gpt.Checkpoints.Single(one => one.Chosen);
        chosen.Accuracy.ShouldBe(gpt.Checkpoints.Max(one => one.Accuracy));
        gpt.TunedModel.ShouldBe(chosen.Model);
        ended.Candidates.Single().Record.TunedModel.ShouldBe(chosen.Model, "what a promotion would serve");
        gpt.Checkpoints.ShouldAllBe(one => one.Rows == 48 && one.Interval!.Contains(one.Accuracy!.Value));
        gpt.Checkpoints.ShouldAllBe(one => one.HoldoutAccuracy == null);
        // The others' answers are all to rows of the validation split.
        HashSet<string> validation = await IdsAsync(product, RunPaths.Rows(run.RunId, Split.Validation));
        HashSet<string> holdout = await IdsAsync(product, RunPaths.Rows(run.RunId, Split.Test));
        var judged = new HashSet<string>();
        await foreach (BlobEntry entry in product.Store.ListAsync(RunPaths.Runs, $"{run.RunId}/predictions/"))
        {
            HashSet<string> asked = [.. (await product.Store.ReadLinesAsync<Prediction>(entry.Path)).Select(answer => answer.Id)];
            asked.IsSubsetOf(entry.Path.Name.Contains("_validation/", StringComparison.Ordinal) ? validation : holdout).ShouldBeTrue(entry.Path.Name);
            judged.Add(entry.Path.Name.Split('/')[2]);
        }

        judged.Count.ShouldBe(4, "three checkpoints on the validation split, one on the holdout");
        gpt.Cost.SelectionUsd.ShouldBeGreaterThan(0);
        ended.Candidates.Single().Record.CostUsd!.Value.ShouldBe(gpt.Cost.TotalUsd, 1e-9);
        gpt.Curve!.Diagnosis.Words.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task All_shows_the_others_on_the_holdout_without_choosing_by_it()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun run = await product.RunAsync("all", Reviews.Csv(240), Recipe("simulator", "all"));

        (RunView ended, CandidateReport gpt) = await EndedAsync(product, run.RunId);

        gpt.Checkpoints.ShouldAllBe(one => one.HoldoutAccuracy != null);
        gpt.Checkpoints.Single(one => one.Chosen).HoldoutAccuracy.ShouldBe(gpt.Metrics!.Accuracy);
        ended.Candidates.Length.ShouldBe(1, "they stand in no comparison");
        ended.Candidates.Single().Record.CostUsd!.Value.ShouldBe(gpt.Cost.TotalUsd, 1e-9);
        string markdown = Encoding.UTF8.GetString(await product.Store.ReadBytesAsync(RunPaths.Report(run.RunId, "md")));
        markdown.ShouldContain("Checkpoints of gpt");
        markdown.ShouldContain("right on holdout");
    }

    [Fact]
    public async Task At_Azure_each_checkpoint_has_a_deployment_that_is_removed_and_paid_for()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.WithDeployments(hourlyUsd: 3600));
        StartedRun run = await product.RunAsync("best-azure", Reviews.Csv(240), Recipe("azure", "best"));

        (RunView ended, CandidateReport gpt) = await EndedAsync(product, run.RunId);

        int made = 0;
        await foreach (BlobEntry entry in product.Store.ListAsync(RunPaths.Runs, RunPaths.DeploymentsPrefix(run.RunId)))
        {
            made++;
            string name = (await product.Store.ReadJsonAsync<DeploymentRecord>(entry.Path)).Name;
            (await product.Get<IModelDeployments>().GetAsync("azure", name)).ShouldBeNull(name);
        }

        made.ShouldBe(4);
        RunRecord record = await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run.RunId));
        record.SpentUsd.ShouldBe(gpt.Cost.TotalUsd, 1e-9);
        ended.Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_served_is_passed_over_and_said()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.WithDeployments(hourlyUsd: 3600));
        // The first deployment that is put is that of the first checkpoint: the service does not know its model.
        await product.FaultsAsync("""{ "rules": [ { "match": "PUT /subscriptions/**", "calls": [1], "action": "notFound" } ] }""");
        StartedRun run = await product.RunAsync("one-missing", Reviews.Csv(240), Recipe("azure", "best"));

        (RunView ended, CandidateReport gpt) = await EndedAsync(product, run.RunId);

        CheckpointReport missing = gpt.Checkpoints.Single(one => one.Accuracy is null);
        missing.Number.ShouldBe(1);
        missing.Refusal.ShouldNotBeNull();
        missing.Chosen.ShouldBeFalse();
        ended.Notes.ShouldContain(note => note.Contains("could not be asked", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("notFound")]
    [InlineData("forbidden")]
    public async Task One_that_goes_before_it_is_asked_about_the_holdout_leaves_the_judged_candidate_as_it_is(string action)
    {
        await using WholeProduct product = await WholeProduct.StartAsync(AzureSide.WithDeployments(hourlyUsd: 3600));
        // Three deployments are put for the validation split and one for the chosen checkpoint: the fifth is the first of the others.
        await product.FaultsAsync($$"""{ "rules": [ { "match": "PUT /subscriptions/**", "calls": [5], "action": "{{action}}" } ] }""");
        StartedRun run = await product.RunAsync($"gone-{action.ToLowerInvariant()}", Reviews.Csv(240), Recipe("azure", "all"));

        (RunView ended, CandidateReport gpt) = await EndedAsync(product, run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Succeeded);
        gpt.Metrics.ShouldNotBeNull();
        CheckpointReport gone = gpt.Checkpoints.Single(one => one.HoldoutAccuracy is null);
        gone.Accuracy.ShouldNotBeNull("it was asked about the validation split");
        gone.Chosen.ShouldBeFalse();
        gone.Refusal.ShouldNotBeNull();
        ended.Notes.ShouldContain(note => note.Contains("could not be asked about the holdout", StringComparison.Ordinal));
        Encoding.UTF8.GetString(await product.Store.ReadBytesAsync(RunPaths.Report(run.RunId, "md"))).ShouldContain("could not be asked");
    }

    [Fact]
    public async Task A_service_that_serves_finished_models_only_is_refused_before_anything_is_uploaded()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(
            ("Providers:nebius:Kind", "simulator"), ("Providers:nebius:Profile", "nebius"), ("Providers:nebius:BaseAddress", "{simulator}/as/nebius/v1/"), ("Providers:nebius:Key", "test"));
        StartedRun run = await product.RunAsync("not-served", Reviews.Csv(120), Recipe("nebius", "best"));

        RunView ended = await product.EndAsync(run.RunId);

        ended.Failure!.Kind.ShouldBe(FailureKind.InvalidInput);
        ended.Failure.Field.ShouldBe("candidates.gpt.checkpoints");
        ended.Failure.Remedy.ShouldNotBeNull().ShouldContain("ServedCheckpoints");
        product.JobsCreated().ShouldBe(0);
    }

    private static string Recipe(string provider, string checkpoints) => $$"""
        {
          "candidates": [{ "name": "gpt", "provider": "{{provider}}", "model": "gpt-4.1-mini", "epochs": 4, "learningRateMultiplier": 8, "checkpoints": "{{checkpoints}}" }],
          "baselines": [], "budget": { "usd": 100000, "approveAbove": 100000 }, "evaluation": { "chunkRows": 30 }
        }
        """;

    private static async Task<(RunView Ended, CandidateReport Gpt)> EndedAsync(WholeProduct product, string runId)
    {
        RunView ended = await product.EndAsync(runId);
        ended.Failure.ShouldBeNull();
        RunReport report = ReportJson.Read(Encoding.UTF8.GetString(await product.Store.ReadBytesAsync(RunPaths.Report(runId, "json"))));
        return (ended, report.Candidates.Single(c => c.Name == "gpt"));
    }

    private static async Task<HashSet<string>> IdsAsync(WholeProduct product, BlobPath rows) =>
        [.. (await product.Store.ReadLinesAsync<DatasetRow>(rows)).Select(row => row.Id)];
}
