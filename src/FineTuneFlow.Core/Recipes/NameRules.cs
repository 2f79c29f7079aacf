namespace FineTuneFlow.Core.Recipes;

/// <summary>Names of candidates and baselines are unique, once grids are expanded.</summary>
internal static class NameRules
{
    public static IEnumerable<RecipeProblem> Check(Recipe recipe)
    {
        if (recipe.Candidates.Length == 0 && recipe.Baselines.Length == 0)
        {
            yield return new("candidates", "there is neither a candidate nor a baseline", "Leave out \"candidates\" or \"baselines\" to get the default ones.");
        }

        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < recipe.Candidates.Length; i++)
        {
            foreach (CandidateRecipe one in CandidateGrid.Expand(recipe.Candidates[i]))
            {
                if (Name(one.Name, $"candidates[{i}]", taken) is { } problem)
                {
                    yield return problem;
                }
            }
        }

        for (int i = 0; i < recipe.Baselines.Length; i++)
        {
            foreach (BaselineRecipe one in BaselineGrid.Expand(recipe.Baselines[i]))
            {
                if (Name(one.Name, $"baselines[{i}]", taken) is { } problem)
                {
                    yield return problem;
                }
            }
        }
    }

    private static RecipeProblem? Name(string name, string path, Dictionary<string, string> taken) =>
        name == RecipeRules.Champion ? new(path + ".name", "\"champion\" means the project's promoted model", "Choose another name.")
        : name.Length > 40 ? new(path + ".name", $"the grid makes the name \"{name}\" of more than 40 characters", "Shorten the candidate's name.")
        : !taken.TryAdd(name, path) ? new(path + ".name", $"the name \"{name}\" is taken by {taken[name]}", "Names are unique among candidates (grids expanded) and baselines: rename one.")
        : null;
}
