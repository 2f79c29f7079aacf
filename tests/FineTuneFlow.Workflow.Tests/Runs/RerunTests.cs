using System.Text.Json.Nodes;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>A rerun adopts what the run before it has paid for, counted at the service itself.</summary>
public sealed class RerunTests
{
    private const string Two = """
        {
          "candidates": [
            { "name": "one", "model": "babbage-002", "epochs": 1 },
            { "name": "two", "continueFrom": "one", "epochs": 1 }
          ],
          "baselines": [], "budget": { "usd": 100, "approveAbove": 50 }, "evaluation": { "chunkRows": 20 }, "retention": { "deleteUploads": false }, "promotion": { "eligible": ["linear"] }
        }
        """;

    private static readonly string Default = Two.Replace("\"retention\": { \"deleteUploads\": false }, ", "", StringComparison.Ordinal);

    [Fact]
    public async Task A_rerun_of_what_failed_in_its_evaluation_pays_for_no_file_no_job_and_no_answer_twice()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        // In the middle of the evaluation, an error that no second try mends.
        await stack.FaultsAsync("""
            { "rules": [ { "match": "POST /v1/completions", "calls": [110], "action": "unauthorized" } ] }
            """);
        string first = (await stack.RunAsync("rerun-adopts", Reviews.Csv(400), Two)).RunId;
        RunView failed = await stack.EndAsync(first);
        failed.Outcome.ShouldBe(RunOutcome.PartlyFailed);
        await stack.FaultsAsync("{ \"rules\": [] }");
        JsonNode before = stack.Ledger();
        before["jobsCreated"]!.GetValue<int>().ShouldBe(2);
        int asked = Asked(before);
        asked.ShouldBeGreaterThan(20);

        RunView view = await stack.EndAsync((await stack.Get<RunStarter>().RerunAsync(first, anew: false, CancellationToken.None)).RunId);

        view.Outcome.ShouldBe(RunOutcome.Succeeded, view.Failure?.ToString());
        JsonNode after = stack.Ledger();
        after["jobsCreated"]!.GetValue<int>().ShouldBe(2);
        Files(after).ShouldBe(Files(before));
        // Every row of both candidates was asked once, by whichever run.
        int rows = (await stack.Store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(view.RunId))).Rows;
        Asked(after).ShouldBe(2 * rows);
        (await stack.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(view.RunId))).Notes.ShouldContain(note => note.Contains($"of {first} was adopted", StringComparison.Ordinal));
        view.Candidates.ShouldAllBe(c => c.Record.Accuracy > 0.4);
        // Whose answers count is decided once for a candidate, not for each of its chunks.
        (await stack.Store.ReadJsonAsync<string[]>(RunPaths.AskedBefore(view.RunId, "two"))).ShouldBe([first]);

        // A third one adopts all there is, and is asked nothing more.
        RunView third = await stack.EndAsync((await stack.Get<RunStarter>().RerunAsync(view.RunId, anew: false, CancellationToken.None)).RunId);
        third.Outcome.ShouldBe(RunOutcome.Succeeded, third.Failure?.ToString());
        stack.JobsCreated().ShouldBe(2);
        third.Candidates.Select(c => c.Record.Accuracy).ShouldBe(view.Candidates.Select(c => c.Record.Accuracy));
        third.Candidates.ShouldAllBe(c => c.Record.CostUsd == 0);
    }

    [Fact]
    public async Task Where_uploads_are_deleted_as_by_default_a_rerun_uploads_nothing_and_is_quoted_and_billed_for_what_is_left()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        await stack.FaultsAsync("""
            { "rules": [ { "match": "POST /v1/completions", "calls": [110], "action": "unauthorized" } ] }
            """);
        string first = (await stack.RunAsync("rerun-deleted", Reviews.Csv(400), Default)).RunId;
        (await stack.EndAsync(first)).Outcome.ShouldBe(RunOutcome.PartlyFailed);
        await stack.FaultsAsync("{ \"rules\": [] }");
        int files = Files(stack.Ledger());

        string second = (await stack.Get<RunStarter>().RerunAsync(first, anew: false, CancellationToken.None)).RunId;
        (await stack.EndAsync(second)).Outcome.ShouldBe(RunOutcome.Succeeded);
        string third = (await stack.Get<RunStarter>().RerunAsync(second, anew: false, CancellationToken.None)).RunId;
        (await stack.EndAsync(third)).Outcome.ShouldBe(RunOutcome.Succeeded);

        Files(stack.Ledger()).ShouldBe(files);
        stack.JobsCreated().ShouldBe(2);
        Quote whole = await stack.Store.ReadJsonAsync<Quote>(RunPaths.Quote(first));
        Quote rest = await stack.Store.ReadJsonAsync<Quote>(RunPaths.Quote(second));
        whole.Candidates.ShouldAllBe(candidate => candidate.TrainingUsd.Low > 0);
        rest.Candidates.ShouldAllBe(candidate => candidate.TrainingUsd.High == 0 && candidate.EvaluationUsd.High < whole.Candidates[0].EvaluationUsd.High);
        rest.TotalUsd.Likely.ShouldBeGreaterThan(0);
        (await stack.Store.ReadJsonAsync<Quote>(RunPaths.Quote(third))).TotalUsd.High.ShouldBe(0);

        // The report tells what run.json does, and what the models cost all the same.
        RunReport undisturbed = await ReportAsync(stack, second);
        foreach (string run in new[] { second, third })
        {
            RunRecord record = await stack.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run));
            RunReport report = await ReportAsync(stack, run);
            report.Costs.SimulatedUsd.ShouldBe(record.Candidates.Sum(candidate => candidate.CostUsd ?? 0), 1e-9);
            report.Costs.Reconciliation!.ActualUsd.ShouldBe(report.Costs.SimulatedUsd, 1e-9);
            report.Candidates.ShouldAllBe(candidate => candidate.Cost.AdoptedUsd > 0 && candidate.Cost.TrainingUsd > 0);
            report.Candidates.Select(candidate => candidate.UsdPerThousand).ShouldBe(undisturbed.Candidates.Select(candidate => candidate.UsdPerThousand));
        }

        (await ReportAsync(stack, third)).Costs.SimulatedUsd.ShouldBe(0, 1e-9);
    }

    [Fact]
    public async Task A_file_that_was_deleted_and_is_needed_after_all_is_uploaded_again()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string first = (await stack.RunAsync("rerun-needed", Reviews.Csv(200), Default)).RunId;
        (await stack.EndAsync(first)).Outcome.ShouldBe(RunOutcome.Succeeded);
        // What it was trained from is another model than the rerun will begin with, which shows only when the job is to be made.
        BlobPath intent = RunPaths.JobIntent(first, "one");
        SpendRecord<SubmittedJob> made = await stack.Store.ReadJsonAsync<SpendRecord<SubmittedJob>>(intent);
        await stack.Store.WriteJsonAsync(intent, made with { Result = made.Result! with { ContinuedFrom = "another" } });

        RunView view = await stack.EndAsync((await stack.Get<RunStarter>().RerunAsync(first, anew: false, CancellationToken.None)).RunId);

        view.Outcome.ShouldBe(RunOutcome.Succeeded, view.Failure?.ToString());
        stack.JobsCreated().ShouldBe(4);

        // A further rerun finds what was trained on the file that was uploaded again.
        RunView further = await stack.EndAsync((await stack.Get<RunStarter>().RerunAsync(view.RunId, anew: false, CancellationToken.None)).RunId);

        further.Outcome.ShouldBe(RunOutcome.Succeeded, further.Failure?.ToString());
        stack.JobsCreated().ShouldBe(4);
    }

    [Fact]
    public async Task What_a_rerun_adopts_does_not_hang_on_numbers_that_removed_runs_have_left_free()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        RunStarter starter = stack.Get<RunStarter>();
        string first = (await stack.RunAsync("rerun-removed", Reviews.Csv(200), Default)).RunId;
        await stack.EndAsync(first);
        string second = (await starter.RerunAsync(first, anew: true, CancellationToken.None)).RunId;
        await stack.EndAsync(second);
        string third = (await starter.RerunAsync(second, anew: false, CancellationToken.None)).RunId;
        await stack.EndAsync(third);
        stack.JobsCreated().ShouldBe(4);
        foreach (string run in new[] { first, second })
        {
            await stack.Get<RunRemoval>().RemoveAsync(run, CancellationToken.None);
        }

        string fourth = (await starter.RerunAsync(third, anew: false, CancellationToken.None)).RunId;

        fourth.ShouldBe($"{first}_4", "not the second's, which is free: its jobs are still at the service");
        RunView view = await stack.EndAsync(fourth);
        view.Outcome.ShouldBe(RunOutcome.Succeeded, view.Failure?.ToString());
        stack.JobsCreated().ShouldBe(4);
        view.Candidates.ShouldAllBe(c => c.Record.CostUsd == 0);
        (await stack.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(fourth))).Repeats.ShouldBe([third, second]);
    }

    [Fact]
    public async Task The_id_of_a_removed_rerun_is_not_given_again_and_its_jobs_are_not_taken_for_anothers()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        RunStarter starter = stack.Get<RunStarter>();
        string first = (await stack.RunAsync("rerun-freed", Reviews.Csv(120), Default)).RunId;
        await stack.EndAsync(first);
        string second = (await starter.RerunAsync(first, anew: true, CancellationToken.None)).RunId;
        await stack.EndAsync(second);
        int jobs = stack.JobsCreated();
        await stack.Get<RunRemoval>().RemoveAsync(second, CancellationToken.None);

        string third = (await starter.RerunAsync(first, anew: true, CancellationToken.None)).RunId;

        third.ShouldBe($"{first}_3");
        (await stack.EndAsync(third)).Outcome.ShouldBe(RunOutcome.Succeeded);
        stack.JobsCreated().ShouldBe(jobs + (jobs / 2), "all anew");
    }

    [Fact]
    public async Task Asked_to_make_all_anew_a_rerun_does()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string first = (await stack.RunAsync("rerun-anew", Reviews.Csv(200), Two)).RunId;
        (await stack.EndAsync(first)).Outcome.ShouldBe(RunOutcome.Succeeded);
        int files = Files(stack.Ledger());

        RunView view = await stack.EndAsync((await stack.Get<RunStarter>().RerunAsync(first, anew: true, CancellationToken.None)).RunId);

        view.Outcome.ShouldBe(RunOutcome.Succeeded, view.Failure?.ToString());
        stack.JobsCreated().ShouldBe(4);
        Files(stack.Ledger()).ShouldBe(2 * files);
    }

    [Fact]
    public async Task A_rerun_sends_no_batch_of_questions_that_are_answered()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string recipe = Two.Replace("\"chunkRows\": 20", "\"mode\": \"batch\"", StringComparison.Ordinal);
        string first = (await stack.RunAsync("rerun-batch", Reviews.Csv(200), recipe)).RunId;
        (await stack.EndAsync(first)).Outcome.ShouldBe(RunOutcome.Succeeded);
        int files = Files(stack.Ledger());

        RunView view = await stack.EndAsync((await stack.Get<RunStarter>().RerunAsync(first, anew: false, CancellationToken.None)).RunId);

        view.Outcome.ShouldBe(RunOutcome.Succeeded, view.Failure?.ToString());
        Files(stack.Ledger()).ShouldBe(files, "neither training files nor questions nor answers");
        stack.JobsCreated().ShouldBe(2);
    }

    [Fact]
    public async Task A_service_that_keeps_no_metadata_is_not_paid_twice_for_a_job_either()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync(
            ("Providers:simulator:Profile", "nebius"), ("Providers:simulator:BaseAddress", "{simulator}/as/nebius/v1/"));
        const string Recipe = """
            { "candidates": [ { "name": "one", "model": "meta-llama/Llama-3.1-8B-Instruct", "epochs": 1 } ], "baselines": [], "budget": { "usd": 100, "approveAbove": 50 }, "promotion": { "eligible": ["linear"] } }
            """;
        string first = (await stack.RunAsync("rerun-plain", Reviews.Csv(200), Recipe)).RunId;
        (await stack.EndAsync(first)).Outcome.ShouldBe(RunOutcome.Succeeded);
        int asked = Asked(stack.Ledger());

        RunView view = await stack.EndAsync((await stack.Get<RunStarter>().RerunAsync(first, anew: false, CancellationToken.None)).RunId);

        view.Outcome.ShouldBe(RunOutcome.Succeeded, view.Failure?.ToString());
        stack.JobsCreated().ShouldBe(1);
        view.Candidates.ShouldHaveSingleItem().Record.CostUsd.ShouldBe(0);
        Asked(stack.Ledger()).ShouldBe(asked);
    }

    private static Task<RunReport> ReportAsync(WholeProduct stack, string run) => stack.Store.ReadJsonAsync<RunReport>(RunPaths.Report(run, "json"));

    private static int Asked(JsonNode ledger) => ledger["inference"]!.AsObject().Sum(model => model.Value!["requests"]!.GetValue<int>());

    private static int Files(JsonNode ledger) => ledger["filesStored"]!.GetValue<int>();
}
