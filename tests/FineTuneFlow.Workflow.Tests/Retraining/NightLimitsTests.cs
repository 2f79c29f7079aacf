using System.Text;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>What a host allows to read holds at night too.</summary>
public sealed class NightLimitsTests
{
    private const string Project = "night-limits";

    [Fact(Timeout = 120_000)]
    public async Task A_drop_beyond_the_hosts_limit_is_left_out_of_the_night_and_named()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.Store.WriteBytesAsync(
            RunPaths.ProjectRecipe(Project), Encoding.UTF8.GetBytes("""{ "candidates": [], "baselines": [{ "name": "linear" }] }"""), cancellation: stop);
        await product.Store.WriteBytesAsync(RunPaths.Drop(Project, "first.csv"), Encoding.UTF8.GetBytes(Reviews.Csv(200)), cancellation: stop);
        await product.EndAsync((await product.Get<DropIntake>().TakeAsync(RunPaths.Drop(Project, "first.csv"), stop)).RunId);
        await product.Store.WriteBytesAsync(RunPaths.Drop(Project, "large.csv"), Encoding.UTF8.GetBytes(Reviews.Csv(400, seed: 2)), cancellation: stop);
        var reasons = new RetrainReasons(
            product.Store, product.Get<Champions>(), product.Get<Lineage>(), product.Get<FeedbackStore>(), product.Get<JudgedTexts>(), product.Get<ProjectRecipes>(),
            product.Get<ChampionHealth>(), product.Get<ModelLives>(), product.Get<OpenChoices>(), product.Get<SplitMigration>(), new IntakeOptions(new LimitsRecipe { Rows = 300 }), TimeProvider.System);

        NightLook look = (await reasons.LookAsync(Project, rescue: null, stop)).Look;

        look.Notes.Single(note => note.Contains("large.csv")).ShouldContain("300 rows, the most that this host allows (Limits__Rows)");
        look.Notes.ShouldNotContain(note => note.Contains("first.csv"));
        look.NewRows.ShouldBe(0);
    }
}
