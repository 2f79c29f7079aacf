using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>A project that was begun with a split that moves when data grows.</summary>
public sealed class MigrationTests
{
    private const string Project = "moved";
    private const string Again = "moved-again";
    private const string Recipe = """
        { "dataset": { "split": { "method": "stratified" } }, "candidates": [], "baselines": [{ "name": "linear" }], "promotion": { "requireSignificance": false } }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task It_is_moved_to_the_stable_split_once_is_told_what_that_means_and_nothing_that_judges_was_trained_on()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        await stack.Store.WriteBytesAsync(RunPaths.ProjectRecipe(Project), Encoding.UTF8.GetBytes(Recipe));
        string first = await DropAsync(stack, Project, "first.csv", 300, 1);
        (await stack.EndAsync(first)).Promoted.ShouldBe("linear");
        await PutAsync(stack, Project, "second.csv", 260, 2);

        (NightLook look, RunView night) = await NightAsync(stack);

        look.Reasons.ShouldHaveSingleItem().ShouldContain("new to the champion");
        string told = look.Notes[0];
        told.ShouldContain("trained on a stratified split, which moves when data grows");
        told.ShouldContain("the project uses the split stable");
        told.ShouldContain("fewer rows count this once");
        (await RunRecipes.ReadAsync(stack.Store, night.RunId, Cancellation)).Dataset.Split.Method.ShouldBe(SplitMethod.Stable);
        (await JudgesAsync(stack, night.RunId)).Overlaps(await TextsAsync(stack, first, Split.Train)).ShouldBeFalse("what the champion was trained on judges nobody");

        // From the version on that this night made nothing moves any more, and nothing is said of it.
        await stack.Get<Champions>().PromoteAsync(Project, new PromotionOrder(night.RunId, "linear", "ann"), Cancellation);
        await PutAsync(stack, Project, "third.csv", 260, 3);
        (NightLook next, RunView after) = await NightAsync(stack);

        next.Notes.ShouldNotContain(note => note.Contains("split stable"));
        (await JudgesAsync(stack, after.RunId)).IsSupersetOf(await TextsAsync(stack, night.RunId, Split.Test)).ShouldBeTrue("a text that judged still judges");
        (await TextsAsync(stack, after.RunId, Split.Test)).Overlaps(await TextsAsync(stack, night.RunId, Split.Train)).ShouldBeFalse();
    }

    [Fact(Timeout = 300_000)]
    public async Task It_is_moved_once_whatever_is_interrupted_however_many_nights_begin_and_drops_are_split_so_from_then_on()
    {
        await using WholeProduct stack = await WholeProduct.StartAsync();
        await stack.Store.WriteBytesAsync(RunPaths.ProjectRecipe(Again), Encoding.UTF8.GetBytes(Recipe));
        string first = await DropAsync(stack, Again, "first.csv", 300, 1);
        (await stack.EndAsync(first)).Promoted.ShouldBe("linear");
        await PutAsync(stack, Again, "second.csv", 260, 2);
        NightlyRetrain retrain = stack.Get<NightlyRetrain>();

        // A host that died when the project was moved and its run not begun, and two at once that died before the night was noted.
        await stack.Get<SplitMigration>().MoveAsync(Again, SplitMethod.Stratified, Cancellation);
        MovedSplit moved = (await stack.Get<SplitMigration>().FindAsync(Again, Cancellation))!;
        (NightLook Look, StartedRun? Run)[] killed = await Task.WhenAll(
            retrain.RetrainAsync(Again, force: false, "timer", Cancellation), retrain.RetrainAsync(Again, force: false, "timer", Cancellation));
        StartedRun begun = killed.Select(one => one.Run).OfType<StartedRun>().Single(run => run.Created);
        // The next night finds that nothing is left to try, and tells it; the one after it is silent.
        (await retrain.RunAsync(Again, Cancellation)).ShouldBeNull();
        NightRecord told = (await retrain.LastAsync(Again, Cancellation))!;
        (await retrain.RunAsync(Again, Cancellation)).ShouldBeNull();

        (await retrain.LastAsync(Again, Cancellation))!.Look!.Notes.ShouldNotContain(note => note.Contains("split stable"));
        told.Look!.Notes.ShouldContain(note => note.Contains("the project uses the split stable") && note.Contains("fewer rows count this once"));
        MovedSplit after = (await stack.Get<SplitMigration>().FindAsync(Again, Cancellation))!;
        (after.From, after.At).ShouldBe((SplitMethod.Stratified, moved.At));
        after.ToldAt.ShouldNotBeNull();
        RunView ended = await stack.EndAsync(begun.RunId);
        ended.Failure.ShouldBeNull();

        // A drop that is delivered again is the run that it was.
        StartedRun delivered = await stack.Get<DropIntake>().TakeAsync(RunPaths.Drop(Again, "first.csv"), Cancellation);
        (delivered.RunId, delivered.Created).ShouldBe((first, false));

        // Whether or not that run's model is in use, nobody is told again, and a drop is split as the nights' data are.
        string third = await DropAsync(stack, Again, "third.csv", 300, 3);
        (await stack.EndAsync(third)).Failure.ShouldBeNull();
        (await RunRecipes.ReadAsync(stack.Store, third, Cancellation)).Dataset.Split.Method.ShouldBe(SplitMethod.Stable);
        (NightLook next, _) = await retrain.RetrainAsync(Again, force: true, "timer", Cancellation);
        next.Notes.ShouldNotContain(note => note.Contains("split stable"));
        (await stack.Get<SplitMigration>().FindAsync(Again, Cancellation)).ShouldBe(after);
    }

    private static async Task<(NightLook Look, RunView Run)> NightAsync(WholeProduct stack)
    {
        (NightLook look, StartedRun? run) = await stack.Get<NightlyRetrain>().RetrainAsync(Project, force: false, "timer", Cancellation);
        look.WhyNot.ShouldBeNull();
        RunView ended = await stack.EndAsync(run!.RunId);
        ended.Failure.ShouldBeNull();
        return (look, ended);
    }

    private static async Task<HashSet<string>> TextsAsync(WholeProduct stack, string runId, Split split) =>
        [.. (await stack.Store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(runId, split), Cancellation)).Select(row => Lineage.TextOf(row.Id))];

    /// <summary>The rows that the run's candidates were judged by.</summary>
    private static async Task<HashSet<string>> JudgesAsync(WholeProduct stack, string runId)
    {
        EvaluationPlan plan = await stack.Store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(runId), Cancellation);
        return [.. (await stack.Store.ReadLinesAsync<DatasetRow>(BlobPath.Parse(plan.Source), Cancellation)).Select(row => Lineage.TextOf(row.Id))];
    }

    private static async Task<string> DropAsync(WholeProduct stack, string project, string name, int rows, int seed)
    {
        await PutAsync(stack, project, name, rows, seed);
        return (await stack.Get<DropIntake>().TakeAsync(RunPaths.Drop(project, name), Cancellation)).RunId;
    }

    // Rows of one file have texts that no other file has.
    private static Task<BlobWritten> PutAsync(WholeProduct stack, string project, string name, int rows, int seed) => stack.Store.WriteBytesAsync(
        RunPaths.Drop(project, name), Encoding.UTF8.GetBytes(Reviews.Csv(rows, seed).Replace("the ", $"the {name[..^4]} ", StringComparison.Ordinal)));
}
