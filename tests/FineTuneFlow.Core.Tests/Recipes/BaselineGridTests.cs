using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Recipes;

public sealed class BaselineGridTests
{
    [Fact]
    public void Rates_epochs_and_lengths_given_as_lists_are_one_encoder_a_combination()
    {
        Recipe recipe = Read("""{ "name": "m", "kind": "encoder", "model": "all-MiniLM-L6-v2", "epochs": [1, 3], "learningRate": [0.00002, 0.00005], "maxLength": [64, 256], "batchSize": 32 }""");

        BaselineRecipe[] grid = [.. BaselineGrid.Expand(recipe)];

        grid.Select(one => one.Name).ShouldBe(
        [
            "m-e1-lr0-00002-l64", "m-e1-lr0-00002-l256", "m-e1-lr0-00005-l64", "m-e1-lr0-00005-l256",
            "m-e3-lr0-00002-l64", "m-e3-lr0-00002-l256", "m-e3-lr0-00005-l64", "m-e3-lr0-00005-l256",
        ]);
        grid.Select(one => (one.Epochs.Single(), one.LearningRate.Single(), one.MaxLength.Single())).Distinct().Count().ShouldBe(8);
        grid[7].EpochsToTrain.ShouldBe(3);
        grid[7].LearningRate[0].ShouldBe(0.00005);
        grid[7].MaxLength[0].ShouldBe(256);
        grid.ShouldAllBe(one => one.BatchSize == 32);
    }

    [Fact]
    public void What_has_one_value_stays_as_it_is() =>
        BaselineGrid.Expand(Read("""{ "name": "m", "kind": "encoder", "model": "all-MiniLM-L6-v2", "epochs": 3, "learningRate": [0.00002, 0.00005] }"""))
            .Select(one => one.Name).ShouldBe(["m-lr0-00002", "m-lr0-00005"]);

    [Theory]
    [InlineData("""{ "name": "m", "kind": "encoder", "model": "all-MiniLM-L6-v2", "epochs": [1, 2] }, { "name": "m-e2", "kind": "encoder", "model": "all-MiniLM-L6-v2" }""", "m-e2")]
    [InlineData("""{ "name": "a-name-that-is-long-already-as-it-stands", "kind": "encoder", "model": "all-MiniLM-L6-v2", "epochs": [1, 2] }""", "40 characters")]
    public void Names_that_a_grid_cannot_have_are_refused(string baselines, string told)
    {
        FlowException refused = Should.Throw<FlowException>(() => Read(baselines));

        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Message.ShouldContain(told);
        refused.Message.ShouldContain("baselines[");
    }

    [Theory]
    [InlineData("a b", "does not name a model")]
    [InlineData("https://example.com/model", "does not name a model")]
    [InlineData("a/b/c", "does not name a model")]
    [InlineData("./mine", "not a whole path")]
    [InlineData("../mine", "not a whole path")]
    public void A_name_that_cannot_be_a_model_s_is_refused_with_what_can(string model, string told)
    {
        FlowException refused = Should.Throw<FlowException>(() => Read($$"""{ "name": "m", "kind": "encoder", "model": "{{model}}" }"""));

        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Message.ShouldContain("baselines[0].model");
        refused.Message.ShouldContain(told);
        refused.Message.ShouldContain("path");
    }

    private static Recipe Read(string baselines) => RecipeReader.Read("a.json", Encoding.UTF8.GetBytes($$"""{ "baselines": [ {{baselines}} ] }"""));
}
