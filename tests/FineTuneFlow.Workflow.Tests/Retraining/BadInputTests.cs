using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>Mistakes of people in a champion's life: each is told, and none ends it.</summary>
public sealed class BadInputTests
{
    private const string LinearAlone = """
        { "dataset": { "split": { "method": "stable" } }, "candidates": [], "baselines": [{ "name": "linear" }], "promotion": { "requireSignificance": false } }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Feedback_for_a_row_of_the_holdout_is_kept_and_changes_neither_what_judges_nor_what_trains()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string run = await ChampionAsync(stack, "judging");
        DatasetRow judging = (await RowsAsync(stack, run, Split.Test))[0];
        string other = judging.Label == "1" ? "5" : "1";

        KeptFeedback kept = await stack.Get<FeedbackStore>().AddAsync("judging", ["1", "2", "3", "4", "5"], new Feedback(judging.Text, other), Cancellation);
        (_, StartedRun? next) = await stack.Get<NightlyRetrain>().RetrainAsync("judging", force: true, "http", Cancellation);
        await stack.EndAsync(next!.RunId);

        kept.Judges.ShouldBeTrue();
        (await RowsAsync(stack, next.RunId, Split.Test)).Single(row => row.Id == judging.Id).Label.ShouldBe(judging.Label);
        (await RowsAsync(stack, next.RunId, Split.Train)).ShouldNotContain(row => row.Text == judging.Text);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_recipe_of_another_task_costs_no_champion_and_is_told_with_the_column_that_is_missing()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        await ChampionAsync(stack, "other-task");
        await stack.Store.WriteBytesAsync(
            RunPaths.ProjectRecipe("other-task"), Encoding.UTF8.GetBytes("""{ "dataset": { "text": "ticket", "label": "topic" }, "candidates": [], "baselines": [{ "name": "linear" }] }"""));
        await stack.Store.WriteBytesAsync(RunPaths.Drop("other-task", "more.csv"), Encoding.UTF8.GetBytes(Reviews.Csv(300, 5)));
        NightlyRetrain retrain = stack.Get<NightlyRetrain>();

        (await retrain.RunAsync("other-task", Cancellation)).ShouldBeNull();

        NightRecord night = (await retrain.LastAsync("other-task", Cancellation))!;
        night.Failure.ShouldBeNull();
        night.Look!.WhyNot!.ShouldContain("0 new rows");
        night.Look.Notes.ShouldContain(note => note.Contains("more.csv") && note.Contains("ticket"));
        (await stack.Get<Champions>().ReadAsync("other-task", Cancellation)).Versions.Length.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broken_recipe_fails_the_night_of_its_project_with_the_place_and_no_other_projects()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        await ChampionAsync(stack, "broken-recipe");
        await stack.Store.WriteBytesAsync(RunPaths.ProjectRecipe("broken-recipe"), Encoding.UTF8.GetBytes("""{ "serving": { "weights": { "champion": 70, "previous": 20 } } }"""));

        await stack.Get<NightlyRetrain>().RunAsync(Cancellation);

        NightRecord night = (await stack.Get<NightlyRetrain>().LastAsync("broken-recipe", Cancellation))!;
        night.Failure!.ShouldContain("add up to 90");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_candidate_that_was_never_judged_or_a_run_of_another_project_is_promoted_by_nobody()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        string run = await ChampionAsync(stack, "promoting");
        Champions champions = stack.Get<Champions>();

        FlowException mistyped = await Should.ThrowAsync<FlowException>(champions.PromoteAsync("promoting", new PromotionOrder(run, "liner", "ann"), Cancellation));
        FlowException foreign = await Should.ThrowAsync<FlowException>(champions.PromoteAsync("promoted", new PromotionOrder(run, "linear", "ann"), Cancellation));
        FlowException nothing = await Should.ThrowAsync<FlowException>(champions.PromoteAsync("promoting", new PromotionOrder("promoting-0000000000", "linear", "ann"), Cancellation));

        (mistyped.Failure.Kind, mistyped.Failure.Remedy).ShouldBe((FailureKind.NotFound, "Did you mean linear?"));
        foreign.Failure.Message.ShouldContain("is of the project promoting");
        nothing.Failure.Remedy!.ShouldContain("ftf runs --project promoting");
    }

    private static async Task<string> ChampionAsync(WholeProduct stack, string project)
    {
        await stack.Store.WriteBytesAsync(RunPaths.ProjectRecipe(project), Encoding.UTF8.GetBytes(LinearAlone));
        RunView run = await stack.EndAsync((await stack.RunAsync(project, Reviews.Csv(300), LinearAlone)).RunId);
        run.Promoted.ShouldBe("linear", run.Verdict);
        return run.RunId;
    }

    private static Task<List<DatasetRow>> RowsAsync(WholeProduct stack, string runId, Split split) =>
        stack.Store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(runId, split), Cancellation);
}
