using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>A candidate continues one trained candidate of the recipe, or the champion.</summary>
internal static class ContinuationRules
{
    public static IEnumerable<RecipeProblem> Check(ImmutableArray<CandidateRecipe> candidates)
    {
        var byName = candidates.GroupBy(c => c.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        for (int i = 0; i < candidates.Length; i++)
        {
            CandidateRecipe candidate = candidates[i];
            string path = $"candidates[{i}].continueFrom";
            if (candidate.ContinueFrom is not { } parent || parent == RecipeRules.Champion)
            {
                continue;
            }

            if (!byName.TryGetValue(parent, out CandidateRecipe? continued))
            {
                string? near = NearestName.Of(parent, byName.Keys.Where(name => name != candidate.Name).Append(RecipeRules.Champion));
                yield return new(path, $"there is no candidate \"{parent}\"", near is null ? "Name another candidate of this recipe, or \"champion\"." : $"Did you mean \"{near}\"?");
            }
            else if (continued.Kind == CandidateKind.Prompt)
            {
                yield return new(path, $"\"{parent}\" is a prompted model, which is never trained", "Continue a candidate of kind fineTune.");
            }
            else if (CandidateGrid.IsGrid(continued))
            {
                yield return new(path, $"\"{parent}\" is a grid of several candidates", "Continue a candidate with one value for each hyperparameter: write the one you mean out as a candidate of its own.");
            }
            else if (candidate.Provider is not null && continued.Provider is not null && candidate.Provider != continued.Provider)
            {
                yield return new($"candidates[{i}].provider", $"\"{parent}\" is trained by {continued.Provider}, and a model cannot move to {candidate.Provider}", "Remove \"provider\".");
            }
            else if (parent == candidate.Name)
            {
                yield return new(path, $"\"{parent}\" cannot continue itself", "Name the candidate that it goes on from, or leave continueFrom out to begin from a base model.");
            }
            else if (Circle(candidate, byName) is { } circle)
            {
                yield return new(path, $"{circle} continue each other in a circle", "One of them must begin from a base model.");
            }
        }
    }

    private static string? Circle(CandidateRecipe start, Dictionary<string, CandidateRecipe> byName)
    {
        var passed = new List<string> { start.Name };
        for (string? next = start.ContinueFrom; next is not null && byName.TryGetValue(next, out CandidateRecipe? at); next = at.ContinueFrom)
        {
            if (next == start.Name)
            {
                return string.Join(" and ", passed);
            }

            if (passed.Contains(next))
            {
                return null;
            }

            passed.Add(next);
        }

        return null;
    }
}
