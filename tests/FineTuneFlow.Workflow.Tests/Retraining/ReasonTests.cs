using System.Text;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>What is a reason to retrain, and what only looks like one.</summary>
public sealed class ReasonTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Accuracy_on_feedback_is_a_reason_from_the_number_of_texts_on_that_the_recipe_asks_for()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        ChampionVersion champion = await ChampionAsync(stack, "told", "\"minimumFeedback\": 12");
        await SayAsync(stack, "told", champion, 0, 2, right: 1);
        NightLook two = await stack.Get<NightlyRetrain>().LookAsync("told", null, Cancellation);
        await SayAsync(stack, "told", champion, 2, 12, right: 1);
        NightLook twelve = await stack.Get<NightlyRetrain>().LookAsync("told", null, Cancellation);

        two.Reasons.ShouldBeEmpty();
        two.WhyNot!.ShouldContain("accuracy on feedback 50.0 % of 2");
        two.WhyNot!.ShouldContain("judged from 12 texts on");
        twelve.Reasons.ShouldHaveSingleItem().ShouldStartWith("accuracy on feedback has fallen:");
    }

    [Fact(Timeout = 180_000)]
    public async Task A_reason_that_a_retrain_could_not_take_away_rests_and_new_rows_do_not()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        ChampionVersion champion = await ChampionAsync(stack, "rests", "\"minimumFeedback\": 5, \"minimumNewRows\": 100");
        await SayAsync(stack, "rests", champion, 0, 30, right: 0);
        NightlyRetrain retrain = stack.Get<NightlyRetrain>();
        (NightLook first, StartedRun? run) = await retrain.RetrainAsync("rests", force: false, "timer", Cancellation);
        await stack.EndAsync(run!.RunId);
        // Whatever it has made is not in use: the reason stays.
        await stack.Store.WriteJsonAsync(RunPaths.Champion("rests"), new ChampionRecord([champion]));
        await SayAsync(stack, "rests", champion, 30, 40, right: 0);

        NightLook next = await retrain.LookAsync("rests", null, Cancellation);
        await stack.Store.WriteBytesAsync(RunPaths.Drop("rests", "more.csv"), Encoding.UTF8.GetBytes(Reviews.Csv(130, 9).Replace("the ", "the new ", StringComparison.Ordinal)));
        NightLook rows = await retrain.LookAsync("rests", null, Cancellation);

        first.Reasons.ShouldHaveSingleItem().ShouldContain("feedback has fallen");
        next.Reasons.ShouldBeEmpty();
        next.WhyNot!.ShouldContain("after the last retrain only new rows are a reason until");
        rows.Reasons.ShouldHaveSingleItem().ShouldContain("new to the champion");
    }

    [Fact(Timeout = 180_000)]
    public async Task Texts_that_are_more_familiar_than_the_holdout_are_no_drift_and_stranger_ones_are()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        ChampionVersion champion = await ChampionAsync(stack, "familiar", "\"drift\": true");
        ChampionDesk desk = stack.Get<ChampionDesk>();
        // Every word of them was trained on, the running number too, which the holdout's texts have of their own.
        await desk.AnswerAsync("familiar", [.. (await TrainedAsync(stack, champion)).Take(200)], null, null, Cancellation);

        DriftMeasure familiar = await UnknownAsync(stack, champion);
        await desk.AnswerAsync("familiar", [.. Enumerable.Range(0, 400).Select(i => $"zorgle blimfar quentz {i}")], null, null, Cancellation);
        DriftMeasure strange = await UnknownAsync(stack, champion);

        (familiar.Index >= 0.2, familiar.Drifted).ShouldBe((true, false));
        strange.Drifted.ShouldBeTrue();
    }

    private static async Task<IEnumerable<string>> TrainedAsync(WholeProduct stack, ChampionVersion champion) =>
        (await stack.Store.ReadLinesAsync<Core.Datasets.DatasetRow>(RunPaths.Rows(champion.RunId, Core.Datasets.Split.Train), Cancellation)).Select(row => row.Text);

    private static async Task<DriftMeasure> UnknownAsync(WholeProduct stack, ChampionVersion champion) =>
        (await stack.Get<ChampionHealth>().OfAsync("familiar", champion, new Core.Recipes.RetrainRecipe(), Cancellation)).Drift.Single(measure => measure.Of == "unknown words");

    private static async Task<ChampionVersion> ChampionAsync(WholeProduct stack, string project, string retrain)
    {
        string recipe = $$"""
            { "dataset": { "split": { "method": "stable" } }, "candidates": [], "baselines": [{ "name": "linear" }],
              "promotion": { "requireSignificance": false }, "retrain": { {{retrain}} } }
            """;
        await stack.Store.WriteBytesAsync(RunPaths.ProjectRecipe(project), Encoding.UTF8.GetBytes(recipe));
        RunView run = await stack.EndAsync((await stack.RunAsync(project, Reviews.Csv(400), recipe)).RunId);
        run.Promoted.ShouldBe("linear", run.Verdict);
        ChampionVersion champion = (await stack.Get<Champions>().ReadAsync(project, Cancellation)).Current!;
        champion.Kind.ShouldBe(OutcomeKind.LinearBaseline);
        return champion;
    }

    private static async Task SayAsync(WholeProduct stack, string project, ChampionVersion champion, int from, int until, int right)
    {
        for (int i = from; i < until; i++)
        {
            var said = new Feedback($"a text of its own, {i}", "1") { Predicted = i < right ? "1" : "5", Version = champion.Version };
            await stack.Get<FeedbackStore>().AddAsync(project, champion.Labels.Names, said, Cancellation);
        }
    }
}
