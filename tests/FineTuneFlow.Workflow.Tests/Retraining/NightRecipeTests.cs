using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Retraining;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>What a night trains of our own models.</summary>
public sealed class NightRecipeTests
{
    private static readonly BaselineRecipe AtHand = new() { Name = "encoder", Kind = BaselineKind.Encoder, Model = "all-MiniLM-L6-v2" };

    private static readonly Recipe Made = RecipeReader.Default with { Baselines = [.. RecipeReader.Default.Baselines, AtHand] };

    [Fact]
    public void An_encoder_that_an_open_recipe_has_taken_is_trained_again_while_it_is_champion()
    {
        NightRecipe.Of(RecipeReader.Default, Made, Champion("encoder", OutcomeKind.Encoder), 60, null, tellsMove: false).Recipe.Baselines
            .ShouldBe([.. RecipeReader.Default.Baselines, AtHand]);
        NightRecipe.Of(RecipeReader.Default, Made, Champion("linear", OutcomeKind.LinearBaseline), 60, null, tellsMove: false).Recipe.Baselines
            .ShouldBe(RecipeReader.Default.Baselines);
    }

    [Fact]
    public void What_the_project_says_of_its_encoder_goes_before_what_the_champion_was_made_with()
    {
        BaselineRecipe longer = AtHand with { Epochs = new OneOrMany<int>(4) };

        NightRecipe.Of(Made with { Baselines = [longer] }, Made, Champion("encoder", OutcomeKind.Encoder), 60, null, tellsMove: false).Recipe.Baselines
            .ShouldBe([longer]);
    }

    private static ChampionVersion Champion(string candidate, OutcomeKind kind) => new(
        1, "r-0123456789", candidate, kind, null, "base", "models/r/v1/model", "", new LabelSet(["1", "5"], true, ["5"]), 0.8, DateTimeOffset.UnixEpoch, "rule");
}
