namespace FineTuneFlow.Core.Recipes;

/// <summary>Who may be promoted is somebody in the recipe.</summary>
internal static class PromotionRules
{
    public static IEnumerable<RecipeProblem> Check(Recipe recipe)
    {
        string[] known =
        [
            .. recipe.Candidates.SelectMany(CandidateGrid.Expand).Select(candidate => candidate.Name), .. recipe.Baselines.Select(baseline => baseline.Name),
            .. EligibleModels.Kinds,
        ];
        for (int i = 0; i < recipe.Promotion.Eligible.Length; i++)
        {
            string name = recipe.Promotion.Eligible[i];
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                yield return new(
                    $"promotion.eligible[{i}]",
                    $"there is no candidate, baseline or kind \"{name}\"",
                    NearestName.Of(name, known) is { } near ? $"Did you mean \"{near}\"?" : $"Use one of {string.Join(", ", known.Distinct().Take(20))}.");
            }
        }
    }
}
