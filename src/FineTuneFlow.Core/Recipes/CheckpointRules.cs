using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>Where a recipe asks for checkpoints to be chosen, there must be something to choose, and rows to choose by.</summary>
internal static class CheckpointRules
{
    public static IEnumerable<RecipeProblem> Check(Recipe recipe)
    {
        ImmutableArray<CandidateRecipe> candidates = recipe.Candidates;
        for (int i = 0; i < candidates.Length; i++)
        {
            string path = $"candidates[{i}].checkpoints";
            if (candidates[i] is { Kind: CandidateKind.Prompt, Checkpoints: not null })
            {
                yield return new RecipeProblem(path, "a prompted model is not trained, so it has no checkpoints", "Remove it, or set \"kind\" to fineTune.");
            }
            else if (candidates[i].Checkpoints is CheckpointUse.Best or CheckpointUse.All && recipe.Dataset.Split is { Validation: <= 0, Method: not SplitMethod.Column })
            {
                yield return new RecipeProblem(
                    path, "checkpoints are chosen on the validation split, and dataset.split.validation is 0", "Give validation a share, such as 0.2, or remove \"checkpoints\".");
            }
        }
    }
}
