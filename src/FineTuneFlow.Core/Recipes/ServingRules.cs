namespace FineTuneFlow.Core.Recipes;

/// <summary>Versions are named as they can be asked, and weights are percent.</summary>
internal static class ServingRules
{
    public static IEnumerable<RecipeProblem> Check(ServingRecipe serving)
    {
        foreach (string version in serving.Weights.Keys)
        {
            if (Version(version, $"serving.weights.{version}") is { } problem)
            {
                yield return problem;
            }
        }

        if (serving.Shadow is { } shadow && Version(shadow, "serving.shadow") is { } unknown)
        {
            yield return unknown;
        }

        if (serving.Weights.Values.Sum() is not 100 and var sum)
        {
            yield return new("serving.weights", $"the weights add up to {sum}", "Make them 100 in all: {\"champion\": 90, \"challenger\": 10}.");
        }
    }

    private static RecipeProblem? Version(string version, string path)
    {
        if (ServingRecipe.IsVersion(version))
        {
            return null;
        }

        string[] known = [ServingRecipe.Champion, ServingRecipe.Previous, ServingRecipe.Challenger];
        return new RecipeProblem(
            path,
            $"\"{version}\" names no version",
            NearestName.Of(version, known) is { } near ? $"Did you mean \"{near}\"?" : "Use champion, previous, challenger or a version's number.");
    }
}
