using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Recipes;

/// <summary>Turns lists of an encoder's hyperparameters into baselines.</summary>
public static class BaselineGrid
{
    /// <summary>All baselines of a recipe with at most one value a hyperparameter, in the recipe's order and the lists', named
    /// <c>minilm-e2-lr0-00005-l256</c> after the hyperparameters that have several values.</summary>
    /// <exception cref="FlowException">InvalidInput: an expanded name is too long or taken.</exception>
    public static ImmutableArray<BaselineRecipe> Expand(Recipe recipe)
    {
        ImmutableArray<BaselineRecipe> expanded = [.. recipe.Baselines.SelectMany(Expand)];
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in expanded.Select(baseline => baseline.Name))
        {
            if (name.Length > CandidateGrid.LongestName)
            {
                throw Refused($"the grid's baseline \"{name}\" has a name of more than {CandidateGrid.LongestName} characters", "Shorten the baseline's name.");
            }

            if (!taken.Add(name))
            {
                throw Refused($"there are two baselines \"{name}\" once the grids are expanded", "Rename one of them.");
            }
        }

        return expanded;
    }

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

    private static FlowException Refused(string message, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, message, remedy, Field: "baselines"));
}
