using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Encoders.Sources;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Checkups;

public sealed class CandidateCheckupTests
{
    [Fact]
    public async Task A_grid_of_encoders_asks_the_hub_once_for_each_model()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        int asked = 0;
        using var encoders = new EncoderSources(_ => true, () =>
        {
            asked++;
            return new HubSettings { Offline = true, Cache = Path.Combine(Path.GetTempPath(), "ftf-no-hub-cache") };
        });
        var checkup = new CandidateCheckup(product.Get<IProviders>(), product.Get<ModelBook>(), product.Get<OpenChoices>(), encoders, TimeProvider.System);
        Recipe recipe = RecipeReader.Read("recipe", Encoding.UTF8.GetBytes("""
            { "candidates": [], "baselines": [{ "name": "m", "kind": "encoder", "model": "owner/tiny", "epochs": [1, 2, 3], "learningRate": [0.00001, 0.00002] }] }
            """));

        CheckupLine[] lines = [.. (await checkup.RunAsync(recipe, TestContext.Current.CancellationToken)).Where(line => line.Subject.StartsWith("m-", StringComparison.Ordinal))];

        lines.Length.ShouldBe(6, "each cell has its line");
        asked.ShouldBe(1);
    }
}
