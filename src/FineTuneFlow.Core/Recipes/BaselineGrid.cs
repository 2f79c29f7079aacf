using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>Turns lists of an encoder's hyperparameters into baselines.</summary>
public static class BaselineGrid
{
    /// <summary>All baselines of a recipe with at most one value a hyperparameter, in the recipe's order and the lists', named
    /// <c>minilm-e2-lr0-00005-l256</c> after the hyperparameters that have several values.</summary>
    public static ImmutableArray<BaselineRecipe> Expand(Recipe recipe) => [.. recipe.Baselines.SelectMany(Expand)];

    /// <summary>One baseline a combination; the baseline itself where no hyperparameter has several values.</summary>
    public static IEnumerable<BaselineRecipe> Expand(BaselineRecipe baseline) =>
        from epochs in CandidateGrid.Values(baseline.Epochs)
        from rate in CandidateGrid.Values(baseline.LearningRate)
        from length in CandidateGrid.Values(baseline.MaxLength)
        select baseline with
        {
            Name = baseline.Name + CandidateGrid.Suffix("e", baseline.Epochs, epochs) + CandidateGrid.Suffix("lr", baseline.LearningRate, rate)
                + CandidateGrid.Suffix("l", baseline.MaxLength, length),
            Epochs = epochs,
            LearningRate = rate,
            MaxLength = length,
        };
}
