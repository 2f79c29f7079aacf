using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

public sealed class FineTuneRunTests
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
        await using WholeProduct stack = await WholeProduct.StartAsync();
        StartedRun run = await stack.RunAsync("whole", Reviews.Csv(400), Recipe);

        RunView view = await stack.EndAsync(run.RunId);

        view.Failure.ShouldBeNull();
        view.Outcome.ShouldBe(RunOutcome.Succeeded);
        view.Candidates.Select(c => c.Record.Name).ShouldBe(["babbage-1", "babbage-4", "gpt-system", "linear"]);
        view.Candidates.ShouldAllBe(c => c.Record.State == CandidateState.Judged && c.Record.Accuracy > 0.5);
        view.SpentUsd.ShouldBe(0);
        view.Verdict.ShouldNotBeNullOrEmpty();
        RunRecord record = await stack.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run.RunId));
        record.Reconciliation.ShouldNotBeNull().Candidates.Length.ShouldBe(4);
        foreach (string file in new[] { "report.json", "report.md", "report.html", "suspects.csv", "run.json", "dataset/manifest.json", "metrics/babbage-1.csv", "jobs/babbage-4.json" })
        {
            (await stack.Store.ReadBytesAsync(RunPaths.Artifact(run.RunId, file))).Length.ShouldBeGreaterThan(0);
        }

        ReportSchema.Problems(Encoding.UTF8.GetString(await stack.Store.ReadBytesAsync(RunPaths.Report(run.RunId, "json")))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Prompted_models_are_asked_with_examples_of_the_training_split_alone_and_cost_about_what_was_quoted()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        StartedRun run = await stack.RunAsync("only-asked", Reviews.Csv(300), """
            {
              "candidates": [
                { "name": "just-ask", "kind": "prompt", "model": "gpt-4.1-mini" },
                { "name": "few-shot", "kind": "prompt", "model": "gpt-4.1-mini", "shots": 5 },
                { "name": "thinking", "kind": "prompt", "model": "gpt-4.1-mini", "shots": 5, "chainOfThought": true }
              ],
              "baselines": [], "budget": { "approveAbove": 50 }
            }
            """);

        RunView view = await stack.EndAsync(run.RunId);

        view.Failure.ShouldBeNull();
        RunReport report = ReportJson.Read(Encoding.UTF8.GetString(await stack.Store.ReadBytesAsync(RunPaths.Report(run.RunId, "json"))));
        report.Candidates.ShouldAllBe(candidate => candidate.Metrics!.Unparsable == 0 && candidate.Metrics.Accuracy > 0.3);
        HashSet<string> train = [.. (await stack.Store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(run.RunId, Split.Train))).Select(row => row.Id)];
        DatasetRow[] shots = await stack.Store.ReadJsonAsync<DatasetRow[]>(RunPaths.Shots(run.RunId, "few-shot"));
        shots.Length.ShouldBe(5);
        shots.ShouldAllBe(shot => train.Contains(shot.Id));
        foreach (ReconciledCandidate candidate in report.Costs.Reconciliation!.Candidates)
        {
            // The instruction and the examples are in the quote; a text more or less is not its business.
            ((double)candidate.PromptTokens!.Value).ShouldBeInRange(candidate.QuotedPromptTokens.Low * 0.8, candidate.QuotedPromptTokens.High * 1.2, candidate.Name);
        }
    }

    [Fact]
    public async Task The_same_drop_with_the_same_recipe_is_one_run()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        StartedRun first = await stack.RunAsync("twice", Reviews.Csv(100), Recipe);
        StartedRun second = await stack.RunAsync("twice", Reviews.Csv(100), Recipe);

        second.ShouldBe(first with { Created = false });
        await stack.EndAsync(first.RunId);
    }

    [Fact]
    public async Task A_quote_above_the_limit_waits_for_approval()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
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
        await using WholeProduct stack = await WholeProduct.StartAsync();
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
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string recipe = Recipe.Replace("\"usd\": 100, \"approveAbove\": 50", "\"usd\": 0.00001, \"approveAbove\": 0.00001", StringComparison.Ordinal);
        StartedRun run = await stack.RunAsync("budget", Reviews.Csv(100), recipe);

        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Failed);
        ended.Failure!.Kind.ShouldBe(FailureKind.BudgetExceeded);
    }

    [Fact]
    public async Task A_cancelled_run_cancels_its_jobs_and_says_so()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
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
        await using WholeProduct stack = await WholeProduct.StartAsync();
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
        await using WholeProduct stack = await WholeProduct.StartAsync();
        await stack.FaultsAsync("""{ "rules": [ { "match": "POST /v1/chat/completions", "action": "unauthorized" } ] }""");
        StartedRun run = await stack.RunAsync("partly", Reviews.Csv(200), Recipe);

        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.PartlyFailed);
        CandidateView failed = ended.Candidates.Single(c => c.Record.State == CandidateState.Failed);
        failed.Record.Name.ShouldBe("gpt-system");
        failed.Record.Failure!.Kind.ShouldBe(FailureKind.Unauthenticated);
        ended.HasReport.ShouldBeTrue();
    }

    [Fact]
    public async Task A_holdout_asked_in_batches_gives_the_same_figures_for_less()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string one = """{ "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }], "budget": { "approveAbove": 50 } }""";
        StartedRun online = await stack.RunAsync("online", Reviews.Csv(200), one);
        StartedRun batch = await stack.RunAsync("batch", Reviews.Csv(200), one.Replace("\"budget\"", "\"evaluation\": { \"mode\": \"batch\" }, \"budget\"", StringComparison.Ordinal));

        RunView asked = await stack.EndAsync(online.RunId);
        RunView batched = await stack.EndAsync(batch.RunId);

        batched.Failure.ShouldBeNull();
        CandidateView Gpt(RunView view) => view.Candidates.Single(c => c.Record.Name == "gpt");
        Gpt(batched).Record.Accuracy.ShouldBe(Gpt(asked).Record.Accuracy);
        Gpt(batched).Record.CostUsd!.Value.ShouldBeLessThan(Gpt(asked).Record.CostUsd!.Value);
    }

    [Fact]
    public async Task A_night_with_new_rows_trains_the_champion_on_and_a_night_without_does_nothing()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        const string Stable = """
            {
              "dataset": { "split": { "method": "stable" } }, "budget": { "approveAbove": 50 }, "baselines": [], "retrain": { "minimumNewRows": 30 },
              "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }]
            }
            """;
        StartedRun first = await stack.RunAsync("nightly", Reviews.Csv(300), Stable);
        (await stack.EndAsync(first.RunId)).Promoted.ShouldBe("gpt");
        NightlyRetrain night = stack.Get<NightlyRetrain>();
        (await night.RunAsync("nightly", TestContext.Current.CancellationToken)).ShouldBeNull();

        for (int i = 0; i < 80; i++)
        {
            await stack.Get<FeedbackStore>().AddAsync("nightly", ["1", "2", "3", "4", "5"], new Feedback($"a wholly new complaint number {i}", "1"), TestContext.Current.CancellationToken);
        }

        DatasetRow trains = (await stack.Store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(first.RunId, Split.Train), TestContext.Current.CancellationToken))[0];
        DatasetRow judges = (await stack.Store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(first.RunId, Split.Test), TestContext.Current.CancellationToken))[0];
        string right = trains.Label == "1" ? "2" : "1";
        string other = judges.Label == "1" ? "2" : "1";
        BlobPath suspects = BlobPath.Of(RunPaths.Drops, "nightly/suspects.csv");
        await stack.Store.WriteBytesAsync(
            suspects,
            Encoding.UTF8.GetBytes($"review,star,suggested,confidence,agreeing,id\n\"{trains.Text}\",{right},{right},0.9,3,{trains.Id}\n\"{judges.Text}\",{other},{other},0.9,3,{judges.Id}\n"));
        StartedRun kept = await stack.Get<DropIntake>().TakeAsync(suspects, TestContext.Current.CancellationToken);
        kept.Note.ShouldBe("kept as corrections of 2 rows; used at the next retrain, but for 1 that judges the project's versions and keeps its label");

        StartedRun? retrain = await night.RunAsync("nightly", TestContext.Current.CancellationToken);
        RunView ended = await stack.EndAsync(retrain.ShouldNotBeNull().RunId);

        ended.Failure.ShouldBeNull();
        ended.Candidates.Select(c => c.Record.Kind).ShouldBe([OutcomeKind.Continuation, OutcomeKind.Champion]);
        byte[] trained = await stack.Store.ReadBytesAsync(RunPaths.NewRows(retrain.RunId, "retrain"));
        string[] lines = System.Text.Encoding.UTF8.GetString(trained).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldAllBe(line => line.Contains("a wholly new complaint"));
        lines.Length.ShouldBeInRange(10, 80);

        DatasetRow[] now = [.. await stack.Store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(retrain.RunId, Split.Train), TestContext.Current.CancellationToken)];
        now.Single(row => row.Id == trains.Id).Label.ShouldBe(right, "a corrected row trains, whatever the drop said");
        (await stack.Store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(retrain.RunId, Split.Test), TestContext.Current.CancellationToken))
            .Single(row => row.Id == judges.Id).Label.ShouldBe(judges.Label, "what judges is not corrected");

        // The next night reads the same drops again, though the champion of the first one was trained on merged rows.
        await stack.Get<Champions>().PromoteAsync("nightly", new PromotionOrder(retrain.RunId, "retrain", "ann"), TestContext.Current.CancellationToken);
        for (int i = 0; i < 80; i++)
        {
            await stack.Get<FeedbackStore>().AddAsync("nightly", ["1", "2", "3", "4", "5"], new Feedback($"another praise number {i}", "5"), TestContext.Current.CancellationToken);
        }

        StartedRun? second = await night.RunAsync("nightly", TestContext.Current.CancellationToken);
        (await stack.EndAsync(second.ShouldNotBeNull().RunId)).Failure.ShouldBeNull();
        string again = System.Text.Encoding.UTF8.GetString(await stack.Store.ReadBytesAsync(RunPaths.NewRows(second.RunId, "retrain")));
        again.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.Contains("another praise"));
    }

    [Fact]
    public async Task A_continued_champion_is_trained_and_asked_with_its_own_prompt_or_the_champions()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        const string First = """
            {
              "dataset": { "split": { "method": "stable" } }, "budget": { "approveAbove": 50 }, "baselines": [],
              "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1, "systemPrompt": "Judge as before." }]
            }
            """;
        StartedRun first = await stack.RunAsync("prompted", Reviews.Csv(200), First);
        (await stack.EndAsync(first.RunId)).Promoted.ShouldBe("gpt");

        StartedRun second = await stack.RunAsync("prompted", Reviews.Csv(240), First.Replace(
            """{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1, "systemPrompt": "Judge as before." }""",
            """
            { "name": "kept", "continueFrom": "champion", "epochs": 1 }, { "name": "further", "continueFrom": "kept", "epochs": 1 },
            { "name": "changed", "continueFrom": "champion", "epochs": 1, "systemPrompt": "Judge anew." }
            """,
            StringComparison.Ordinal));
        (await stack.EndAsync(second.RunId)).Failure.ShouldBeNull();

        RunPlan plan = await stack.Store.ReadJsonAsync<RunPlan>(RunPaths.Plan(second.RunId));
        foreach ((string name, string told) in new[]
        {
            ("kept", "Judge as before."), ("further", "Judge as before."), ("changed", "Judge anew."), ("champion", "Judge as before."),
        })
        {
            PlannedCandidate planned = plan.Candidate(name).ShouldNotBeNull();
            (QuestionComposer composer, _, _) = await stack.Get<CandidateQuestions>().OfAsync(second.RunId, planned, TestContext.Current.CancellationToken);
            composer.Ask("model", "text").Messages[0].ShouldBe(new ChatTurn("system", told));
            planned.Form.ShouldBe(new TrainingForm(ModelFamily.Chat, told).Key);
        }
    }

    [Fact]
    public async Task Rows_that_the_champion_was_trained_on_judge_nobody()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        const string Recipe = """
            {
              "dataset": { "split": { "seed": 1 } }, "budget": { "approveAbove": 50 }, "promotion": { "eligible": ["fineTune"] }, "baselines": [{ "name": "linear" }],
              "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }]
            }
            """;
        StartedRun first = await stack.RunAsync("redrawn", Reviews.Csv(300), Recipe);
        (await stack.EndAsync(first.RunId)).Promoted.ShouldBe("gpt");

        // Another seed draws the splits anew: most of the new holdout was trained on.
        StartedRun second = await stack.RunAsync("redrawn", Reviews.Csv(360), Recipe.Replace("\"seed\": 1", "\"seed\": 2", StringComparison.Ordinal));
        RunView ended = await stack.EndAsync(second.RunId);

        ended.Failure.ShouldBeNull();
        HashSet<string> trained = [.. (await Rows(first, Split.Train)).Concat(await Rows(first, Split.Validation))];
        string[] holdout = await Rows(second, Split.Test);
        string[] fair = [.. holdout.Where(id => !trained.Contains(id))];
        fair.Length.ShouldBeInRange(10, holdout.Length - 10);
        foreach (string candidate in new[] { "gpt", "champion", "linear" })
        {
            var judged = new List<string>();
            await foreach (BlobEntry chunk in stack.Store.ListAsync(RunPaths.Runs, RunPaths.PredictionsPrefix(second.RunId, candidate)))
            {
                judged.AddRange((await stack.Store.ReadLinesAsync<Prediction>(chunk.Path)).Select(p => p.Id));
            }

            judged.ShouldBe(fair, ignoreOrder: true);
        }

        string report = System.Text.Encoding.UTF8.GetString(await stack.Store.ReadBytesAsync(RunPaths.Report(second.RunId, "md")));
        report.ShouldContain($"{holdout.Length - fair.Length} rows of the holdout were left out for every candidate");

        async Task<string[]> Rows(StartedRun run, Split split) =>
            [.. (await stack.Store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(run.RunId, split))).Select(row => row.Id)];
    }

    [Fact]
    public async Task A_job_whose_creation_lost_its_answer_is_found_and_cancelled_with_its_run()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        await stack.FaultsAsync("""{ "rules": [ { "match": "POST /v1/fine_tuning/jobs", "action": "lostAnswer" } ] }""");
        StartedRun run = await stack.RunAsync(
            "orphan",
            Reviews.Csv(400),
            """{ "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 50 }], "baselines": [], "budget": { "approveAbove": 50 } }""");
        await stack.UntilAsync(run.RunId, _ => stack.JobsCreated() == 1);

        await stack.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest("ann"), TestContext.Current.CancellationToken);
        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Cancelled);
        stack.JobsCreated().ShouldBe(1);
        IFineTuningProvider provider = stack.Get<IProviders>().Get("simulator");
        await foreach (ProviderJob job in provider.FindJobsAsync(new Dictionary<string, string> { ["ftf_run"] = run.RunId }))
        {
            job.HasEnded.ShouldBeTrue();
        }
    }
}
