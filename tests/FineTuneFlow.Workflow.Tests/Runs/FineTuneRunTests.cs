using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

public sealed class FineTuneRunTests(Azurite azurite)
{
    private const string Recipe = """
        {
          "candidates": [
            { "name": "babbage-1", "model": "babbage-002", "epochs": 1 },
            { "name": "babbage-4", "continueFrom": "babbage-1", "epochs": 3 },
            { "name": "gpt-system", "model": "gpt-3.5-turbo", "epochs": 1, "systemPrompt": "You predict star ratings." }
          ],
          "baselines": [{ "name": "linear" }],
          "budget": { "usd": 100, "approveAbove": 50 }
        }
        """;

    [Fact]
    public async Task A_drop_becomes_trained_judged_and_compared_models()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(azurite);
        StartedRun run = await stack.RunAsync("whole", Reviews.Csv(400), Recipe);

        RunView view = await stack.EndAsync(run.RunId);

        view.Failure.ShouldBeNull();
        view.Outcome.ShouldBe(RunOutcome.Succeeded);
        view.Candidates.Select(c => c.Record.Name).ShouldBe(["babbage-1", "babbage-4", "gpt-system", "linear"]);
        view.Candidates.ShouldAllBe(c => c.Record.State == CandidateState.Judged && c.Record.Accuracy > 0.5);
        view.SpentUsd.ShouldBe(0);
        view.Verdict.ShouldNotBeNullOrEmpty();
        foreach (string file in new[] { "report.json", "report.md", "run.json", "dataset/manifest.json", "metrics/babbage-1.csv", "jobs/babbage-4.json" })
        {
            (await stack.Store.ReadBytesAsync(RunPaths.Artifact(run.RunId, file))).Length.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task The_same_drop_with_the_same_recipe_is_one_run()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(azurite);
        StartedRun first = await stack.RunAsync("twice", Reviews.Csv(100), Recipe);
        StartedRun second = await stack.RunAsync("twice", Reviews.Csv(100), Recipe);

        second.ShouldBe(first with { Created = false });
        await stack.EndAsync(first.RunId);
    }

    [Fact]
    public async Task A_quote_above_the_limit_waits_for_approval()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(azurite);
        string recipe = Recipe.Replace("\"approveAbove\": 50", "\"approveAbove\": 0.0001", StringComparison.Ordinal);
        StartedRun run = await stack.RunAsync("approval", Reviews.Csv(100), recipe);
        RunView waiting = await stack.UntilAsync(run.RunId, v => v.NeedsApproval);
        waiting.Quote!.HighUsd.ShouldBeGreaterThan(0.0001);

        await stack.Engine.RaiseEventAsync(run.RunId, Signals.Approval, new ApprovalDecision(true, "ann"), TestContext.Current.CancellationToken);
        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Succeeded);
        RunRecord record = await stack.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run.RunId));
        record.Approval.ShouldNotBeNull().By.ShouldBe("ann");
    }

    [Fact]
    public async Task A_rejected_quote_ends_the_run_unspent()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(azurite);
        string recipe = Recipe.Replace("\"approveAbove\": 50", "\"approveAbove\": 0.0001", StringComparison.Ordinal);
        StartedRun run = await stack.RunAsync("rejection", Reviews.Csv(100), recipe);
        await stack.UntilAsync(run.RunId, v => v.NeedsApproval);

        await stack.Engine.RaiseEventAsync(run.RunId, Signals.Approval, new ApprovalDecision(false, "bob"), TestContext.Current.CancellationToken);
        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Rejected);
        ended.Failure!.Kind.ShouldBe(FailureKind.ApprovalDenied);
        ended.Candidates.ShouldAllBe(c => c.Record.JobId == null);
    }

    [Fact]
    public async Task A_budget_below_the_quote_stops_the_run_before_anything_is_uploaded()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(azurite);
        string recipe = Recipe.Replace("\"usd\": 100, \"approveAbove\": 50", "\"usd\": 0.00001, \"approveAbove\": 0.00001", StringComparison.Ordinal);
        StartedRun run = await stack.RunAsync("budget", Reviews.Csv(100), recipe);

        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Failed);
        ended.Failure!.Kind.ShouldBe(FailureKind.BudgetExceeded);
    }

    [Fact]
    public async Task A_cancelled_run_cancels_its_jobs_and_says_so()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(azurite);
        StartedRun run = await stack.RunAsync("cancel", Reviews.Csv(400), Recipe.Replace("\"epochs\": 1", "\"epochs\": 50", StringComparison.Ordinal));
        await stack.UntilAsync(run.RunId, v => v.Candidates.Any(c => c.Record.State == CandidateState.Training && c.Progress is not null));

        await stack.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest("ann"), TestContext.Current.CancellationToken);
        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Cancelled);
        IFineTuningProvider provider = stack.Get<IProviders>().Get("simulator");
        await foreach (ProviderJob job in provider.FindJobsAsync(new Dictionary<string, string> { ["ftf_run"] = run.RunId }))
        {
            job.HasEnded.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("{ \"dataset\": { \"label\": \"stars\" } }", "stars")]
    [InlineData("{ \"candidates\": [{ \"name\": \"a\", \"model\": \"gpt-9-nano\" }] }", "gpt-9-nano")]
    [InlineData("{ \"candidates\": [{ \"name\": \"a\", \"model\": \"gpt-4.1-mini\", \"provider\": \"opnai\" }] }", "opnai")]
    public async Task What_cannot_work_is_refused_before_anything_is_uploaded(string recipe, string named)
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(azurite);
        StartedRun run = await stack.RunAsync($"refused-{Math.Abs(recipe.GetHashCode(StringComparison.Ordinal)) % 100000}", Reviews.Csv(60), recipe);

        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Failed);
        ended.Failure!.Kind.ShouldBe(FailureKind.InvalidInput);
        ended.Failure.ToString().ShouldContain(named);
        ended.Failure.Remedy.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_candidate_that_fails_does_not_stop_the_others()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(azurite);
        await stack.FaultsAsync("""{ "rules": [ { "match": "POST /v1/chat/completions", "action": "unauthorized" } ] }""");
        StartedRun run = await stack.RunAsync("partly", Reviews.Csv(200), Recipe);

        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.PartlyFailed);
        CandidateView failed = ended.Candidates.Single(c => c.Record.State == CandidateState.Failed);
        failed.Record.Name.ShouldBe("gpt-system");
        failed.Record.Failure!.Kind.ShouldBe(FailureKind.Unauthenticated);
        ended.HasReport.ShouldBeTrue();
    }
}
