using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Rescue;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>Successors of a champion whose model dies, trained on the rows that are kept.</summary>
public sealed class RescueTests
{
    private const string Rented = """
        {
          "dataset": { "split": { "method": "stable" } },
          "candidates": [{ "name": "gpt", "model": "gpt-4.1-mini", "epochs": 2, "learningRateMultiplier": 8 }], "baselines": [],
          "budget": { "usd": 100, "approveAbove": 100 }, "promotion": { "requireSignificance": false }
        }
        """;

    private const string Named = """
        { "candidates": [{ "name": "legacy", "model": "babbage-002", "epochs": 2 }], "baselines": [{ "name": "linear" }], "budget": { "usd": 100, "approveAbove": 100 } }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task What_the_recipe_names_is_trained_on_the_kept_rows_and_held_against_the_champion()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        RunView first = await PromotedAsync(stack, "rescued");

        (NightLook look, StartedRun run) = await stack.Get<NightlyRetrain>().RescueAsync("rescued", new RescueOrder(RecipeReader.Read("recipe", Encoding.UTF8.GetBytes(Named))), Cancellation);
        // Asked once more, while the champion is the same, it is the same run.
        (await stack.Get<NightlyRetrain>().RescueAsync("rescued", new RescueOrder(RecipeReader.Read("recipe", Encoding.UTF8.GetBytes(Named))), Cancellation)).Run.ShouldBe(new StartedRun(run.RunId, false));
        RunView ended = await stack.EndAsync(run.RunId);

        look.NewRows.ShouldBe(0, "a rescue needs no reason");
        ended.Failure.ShouldBeNull();
        (await stack.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run.RunId), Cancellation)).Trigger.ShouldBe(RunTriggers.Rescue);
        RunReport report = await ReportAsync(stack, run.RunId);
        ChampionReport champion = report.Champion.ShouldNotBeNull();
        champion.RecordedBy.ShouldBeNull();
        champion.Agreements.Select(one => one.Candidate).ShouldBe(["legacy", "linear"], ignoreOrder: true);
        champion.Agreements.ShouldAllBe(one => one.Rows == report.HoldoutRows && one.Interval != null && one.Different.Length == one.Rows - one.Same);
        // The same rows judge both runs, none of which any of them was trained on.
        (await IdsAsync(stack, run.RunId, Split.Test)).ShouldBe(await IdsAsync(stack, first.RunId, Split.Test), ignoreOrder: true);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_champion_that_answers_no_more_is_known_by_the_answers_of_the_run_that_made_it()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        RunView first = await PromotedAsync(stack, "gone");
        await stack.DeleteAsync($"/v1/models/{first.Candidates.Single().Record.TunedModel}");

        (_, StartedRun run) = await stack.Get<NightlyRetrain>().RescueAsync("gone", new RescueOrder(null), Cancellation);
        RunView ended = await stack.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.PartlyFailed);
        RunReport report = await ReportAsync(stack, run.RunId);
        report.Candidates.Single(one => one.IsChampion).Failure.ShouldNotBeNull();
        report.Champion!.RecordedBy.ShouldBe(first.RunId);
        report.Champion.Agreements.Select(one => one.Candidate).ShouldContain("linear");
        report.Champion.Agreements.ShouldAllBe(one => one.Rows == report.HoldoutRows);
    }

    private static async Task<RunView> PromotedAsync(WholeProduct stack, string project)
    {
        await stack.Store.WriteBytesAsync(RunPaths.ProjectRecipe(project), Encoding.UTF8.GetBytes(Rented), cancellation: Cancellation);
        await stack.Store.WriteBytesAsync(RunPaths.Drop(project, "first.csv"), Encoding.UTF8.GetBytes(Reviews.Csv(240)), cancellation: Cancellation);
        RunView first = await stack.EndAsync((await stack.Get<DropIntake>().TakeAsync(RunPaths.Drop(project, "first.csv"), Cancellation)).RunId);
        first.Failure.ShouldBeNull();
        await stack.Get<Champions>().PromoteAsync(project, new PromotionOrder(first.RunId, "gpt", "ann"), Cancellation);
        return first;
    }

    private static async Task<RunReport> ReportAsync(WholeProduct stack, string runId) =>
        ReportJson.Read(Encoding.UTF8.GetString(await stack.Store.ReadBytesAsync(RunPaths.Report(runId, "json"), Cancellation)));

    private static async Task<string[]> IdsAsync(WholeProduct stack, string runId, Split split) =>
        [.. (await stack.Store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(runId, split), Cancellation)).Select(row => row.Id)];
}
