using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>Cancel, deadlines and budget, wherever a run stands.</summary>
public sealed class StoppingTests
{
    private const string One = """
        { "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }], "baselines": [], "budget": { "approveAbove": 50 } }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_waits_for_approval_is_cancelled_at_once_and_says_by_whom()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun run = await product.RunAsync("cancel-waiting", Reviews.Csv(100), One.Replace("50", "0.0001", StringComparison.Ordinal));
        await product.UntilAsync(run.RunId, v => v.NeedsApproval);

        await product.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest("ann", "too expensive"), Cancellation);
        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Cancelled);
        ended.Failure!.Message.ShouldBe("The run was cancelled by ann (too expensive)");
        product.JobsCreated().ShouldBe(0);
        product.Engine.NextDue.ShouldBeNull("neither the approval's timer nor the deadline's is left behind");
    }

    [Fact]
    public async Task An_approval_that_does_not_come_in_time_ends_the_run_unspent()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun run = await product.RunAsync(
            "approval-late", Reviews.Csv(100), One.Replace("\"approveAbove\": 50", "\"approveAbove\": 0.0001, \"approvalHours\": 0.0003", StringComparison.Ordinal));

        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Rejected);
        ended.Failure!.Kind.ShouldBe(FailureKind.ApprovalDenied);
        product.JobsCreated().ShouldBe(0);
    }

    [Fact]
    public async Task A_deadline_ends_a_run_that_waits_for_approval()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        string runId = await product.RunWithDeadlineAsync(
            "deadline-waiting", Reviews.Csv(100), One.Replace("50", "0.0001", StringComparison.Ordinal), TimeSpan.FromSeconds(4));

        RunView ended = await product.EndAsync(runId);

        ended.Outcome.ShouldBe(RunOutcome.Failed);
        ended.Failure!.Kind.ShouldBe(FailureKind.DeadlineExceeded);
        product.JobsCreated().ShouldBe(0);
    }

    [Fact]
    public async Task A_deadline_cancels_the_job_of_a_run_that_trains_and_a_paused_job_too()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        string recipe = One.Replace("\"epochs\": 1", "\"epochs\": 50", StringComparison.Ordinal);
        string runId = await product.RunWithDeadlineAsync("deadline-training", Reviews.Csv(5_000), recipe, TimeSpan.FromSeconds(20));
        await product.UntilAsync(runId, _ => product.JobsCreated() == 1);
        string created = product.Ledger()["jobs"]![0]!["id"]!.ToString();
        await product.PostAsync($"/v1/fine_tuning/jobs/{created}/pause");
        // While it trains already, in the record and to whoever asks.
        await product.UntilAsync(runId, v => v.Candidates.Any(c => c.Record.JobId == created));

        RunView ended = await product.EndAsync(runId);

        ended.Outcome.ShouldBe(RunOutcome.Failed);
        ended.Failure!.Kind.ShouldBe(FailureKind.DeadlineExceeded);
        RunRecord record = await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(runId), Cancellation);
        record.Candidates.Single(c => c.Provider is not null).JobId.ShouldBe(created);
        await foreach (ProviderJob job in product.Get<IProviders>().Get("simulator").FindJobsAsync(new Dictionary<string, string> { ["ftf_run"] = runId }))
        {
            job.State.ShouldBe(JobState.Cancelled);
        }
    }

    [Fact]
    public async Task A_run_cancelled_while_it_evaluates_promotes_nothing_and_says_what_its_answers_had_cost()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/chat/completions", "action": "slow", "milliseconds": 100 } ] }""");
        StartedRun run = await product.RunAsync("cancel-evaluating", Reviews.Csv(400), """
            {
              "candidates": [{ "name": "asked", "kind": "prompt", "model": "gpt-4.1-mini" }], "baselines": [],
              "evaluation": { "chunkRows": 4, "maxConcurrency": 1 }, "budget": { "approveAbove": 50 }
            }
            """);
        await product.UntilAsync(run.RunId, v => v.Candidates.Any(c => c.Progress is { Done: >= 8 }));

        await product.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest(), Cancellation);
        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Cancelled);
        ended.Promoted.ShouldBeNull();
        ended.HasReport.ShouldBeFalse();
        RunRecord record = await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run.RunId), Cancellation);
        CandidateRecord asked = record.Candidates.Single();
        asked.CostUsd.ShouldNotBeNull().ShouldBeGreaterThan(0);
        asked.Simulated.ShouldBeTrue();
        record.SpentUsd.ShouldBe(0, "the simulator's work is priced but not paid");
    }

    [Theory]
    [InlineData("jobs", "POST /v1/fine_tuning/jobs")]
    [InlineData("files", "POST /v1/files")]
    [InlineData("answers", "POST /v1/chat/completions")]
    public async Task A_service_that_asks_to_wait_a_day_is_shown_and_the_wait_ends_with_a_cancellation(string what, string route)
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync($$"""{ "rules": [ { "match": "{{route}}", "action": "rateLimit", "retryAfter": 86000 } ] }""");
        StartedRun run = await product.RunAsync($"a-day-{what}", Reviews.Csv(100), """
            {
              "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }, { "name": "asked", "kind": "prompt", "model": "gpt-4.1-mini" }],
              "baselines": [], "budget": { "approveAbove": 50 }, "deadlineHours": 48
            }
            """);
        await product.UntilAsync(run.RunId, v => $"{v.Stage} {string.Join(' ', v.Candidates.Select(c => c.Progress?.State))}".Contains("simulator asks to wait until ", StringComparison.Ordinal));

        await product.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest(), Cancellation);
        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Cancelled);
        product.Engine.NextDue.ShouldBeNull("no timer is left behind");
    }

    [Fact]
    public async Task A_service_that_asks_to_wait_beyond_the_deadline_fails_its_candidate_at_once_and_the_others_go_on()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/fine_tuning/jobs", "action": "rateLimit", "retryAfter": 86000 } ] }""");
        StartedRun run = await product.RunAsync("beyond", Reviews.Csv(100), """
            {
              "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }, { "name": "asked", "kind": "prompt", "model": "gpt-4.1-mini" }],
              "baselines": [], "budget": { "approveAbove": 50 }, "deadlineHours": 2
            }
            """);

        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.PartlyFailed);
        Failure failure = ended.Candidates.Single(c => c.Record.Name == "gpt").Record.Failure.ShouldNotBeNull();
        failure.Kind.ShouldBe(FailureKind.DeadlineExceeded);
        failure.Message.ShouldContain("simulator asks to wait until ");
    }

    [Fact]
    public async Task A_batch_whose_creation_lost_its_answer_is_found_and_cancelled_with_its_run()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/batches", "action": "lostAnswer" }, { "match": "POST /v1/chat/completions", "action": "slow" } ] }""");
        StartedRun run = await product.RunAsync("orphan-batch", Reviews.Csv(400), """
            {
              "candidates": [{ "name": "asked", "kind": "prompt", "model": "gpt-4.1-mini" }], "baselines": [],
              "evaluation": { "mode": "batch" }, "budget": { "approveAbove": 50 }
            }
            """);
        var ours = new Dictionary<string, string> { ["ftf_run"] = run.RunId };
        IBatchInference batches = product.Get<IProviders>().Get("simulator").Batches!;
        await product.UntilAsync(run.RunId, _ => Task.Run(async () => await batches.FindBatchesAsync(ours).AnyAsync()).GetAwaiter().GetResult());

        await product.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest(), Cancellation);
        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Cancelled);
        List<ProviderBatch> left = await batches.FindBatchesAsync(ours).ToListAsync(Cancellation);
        left.ShouldHaveSingleItem();
        (left[0].HasEnded || left[0].State == BatchState.Cancelling).ShouldBeTrue(left[0].RawState);
    }

    [Fact]
    public async Task What_a_clean_up_cancels_before_it_has_to_look_again_is_on_record()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        // The creation's answer is lost, and the run is cancelled before it could look for the job: the first look is that before the creation.
        string looks = string.Join(", ", Enumerable.Range(2, 98));
        await product.FaultsAsync($$"""{ "rules": [ { "match": "POST /v1/fine_tuning/jobs", "action": "lostAnswer" }, { "match": "GET /v1/fine_tuning/jobs", "calls": [{{looks}}], "action": "unavailable" } ] }""");
        StartedRun run = await product.RunAsync("notes", Reviews.Csv(5_000), One.Replace("\"epochs\": 1", "\"epochs\": 50", StringComparison.Ordinal));
        await product.UntilAsync(run.RunId, _ => product.JobsCreated() == 1);
        // The simulator's job must not end by itself meanwhile.
        await product.PostAsync($"/v1/fine_tuning/jobs/{product.Ledger()["jobs"]![0]!["id"]}/pause");

        await product.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest(), Cancellation);
        await product.UntilAsync(run.RunId, view => view.Stage.StartsWith(StageWords.Of(RunStage.Cancelling), StringComparison.Ordinal));
        await product.FaultsAsync("""{ "rules": [] }""");
        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Cancelled);
        // The first look cancels it and is in doubt whether another one may still show up; the next one finds it ended.
        ended.Notes.ShouldContain(note => note.StartsWith("Cancelled the job ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_budget_stops_what_would_be_asked_beside_what_is_reserved()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        const string Two = """
            {
              "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }, { "name": "asked", "kind": "prompt", "model": "gpt-4.1-mini" }],
              "baselines": [], "budget": { "approveAbove": 50, "usd": 50 }
            }
            """;
        StartedRun whole = await product.RunAsync("budget-whole", Reviews.Csv(200), Two);
        QuoteSummary quote = (await product.EndAsync(whole.RunId)).Quote!;
        quote.AskingByCandidate["gpt"].ShouldBeInRange(0.000001, quote.HighByCandidate["gpt"]);
        quote.AskingByCandidate["asked"].ShouldBe(quote.HighByCandidate["asked"]);
        // Enough to begin with and for the one, too little for both: tokens are counted, so low and high lie close together.
        double least = Math.Max(quote.LowUsd, quote.HighByCandidate["gpt"]);
        double enough = least + ((quote.HighUsd - least) / 2);
        enough.ShouldBeInRange(least, quote.HighUsd - 0.000001);

        StartedRun tight = await product.RunAsync(
            "budget-tight", Reviews.Csv(200), Two.Replace("\"usd\": 50", FormattableString.Invariant($"\"usd\": {enough:0.0000000}"), StringComparison.Ordinal));
        RunView ended = await product.EndAsync(tight.RunId);

        ended.Outcome.ShouldBe(RunOutcome.PartlyFailed);
        CandidateRecord stopped = ended.Candidates.Single(c => c.Record.Name == "asked").Record;
        stopped.Failure!.Kind.ShouldBe(FailureKind.BudgetExceeded);
        product.Ledger()["inference"]!.AsObject().Where(m => m.Key == "gpt-4.1-mini").Sum(m => m.Value!["requests"]!.GetValue<int>()).ShouldBe(39, "of the first run alone");
    }

    [Fact]
    public async Task A_container_that_nobody_waits_for_any_more_is_found_and_stopped()
    {
        string work = Directory.CreateTempSubdirectory("ftf-container-").FullName;
        await using WholeProduct product = await WholeProduct.StartAsync(("Baselines:Command", "/bin/sleep 600"), ("Baselines:WorkFolder", work));
        StartedRun run = await product.RunAsync("orphan-container", Reviews.Csv(100), """
            {
              "candidates": [{ "name": "asked", "kind": "prompt", "model": "gpt-4.1-mini" }],
              "baselines": [{ "name": "distilbert", "kind": "container", "model": "distilbert-base-cased" }], "budget": { "approveAbove": 50 }
            }
            """);
        ContainerJobRequest request = await product.Get<ContainerRequests>().OfAsync(run.RunId, "distilbert", Cancellation);
        IContainerJobs jobs = product.Get<IContainerJobs>();
        await product.UntilAsync(run.RunId, _ => jobs.FindAsync(request).GetAwaiter().GetResult() is { HasEnded: false });

        // As when the start's answer was lost and the run is cancelled before it is asked for again.
        CleanUpResult cleaned = await product.Get<CleanUp>().RunAsync(new CleanUpInput(run.RunId, [], []), Cancellation);

        cleaned.Notes.ShouldHaveSingleItem().ShouldContain("of distilbert, which nobody waited for");
        (await jobs.FindAsync(request))!.State.ShouldBe(ContainerState.Cancelled);
        await product.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest(), Cancellation);
        await product.EndAsync(run.RunId);
        Directory.Delete(work, recursive: true);
    }
}
