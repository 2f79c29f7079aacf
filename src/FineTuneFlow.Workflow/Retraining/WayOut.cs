using System.Collections.Immutable;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>What a night can train when the champion's base model is about to end. A candidate whose own base ends as soon is none: it
/// would cost and help nobody.</summary>
/// <param name="Candidates">Those of the recipe whose base models go on, and that need no champion.</param>
/// <param name="OwnModels">A model of our own may become champion.</param>
internal sealed record WayOut(ImmutableArray<CandidateRecipe> Candidates, bool OwnModels)
{
    public bool Leads => OwnModels || !Candidates.IsEmpty;

    /// <param name="recipe">The project's.</param>
    /// <param name="lives">How long models answer.</param>
    /// <param name="choices">What a candidate means that leaves its model open: the base of that one counts.</param>
    public static async Task<WayOut> OfAsync(Recipe recipe, ModelLives lives, OpenChoices choices, CancellationToken cancellation)
    {
        var ending = new HashSet<string>(StringComparer.Ordinal);
        foreach (CandidateRecipe candidate in recipe.Candidates.Where(candidate => candidate.ContinueFrom is null))
        {
            // Nothing is left of one for which its provider suggests no model.
            if (await choices.SettleAsync([candidate], trainingRows: null, cancellation) is not [{ Model: { } model, Provider: { } provider } settled]
                || lives.Of(provider, model, settled.Kind == CandidateKind.FineTune)?.DaysLeft <= recipe.Retrain.DyingDays)
            {
                ending.Add(candidate.Name);
            }
        }

        var living = ImmutableArray<CandidateRecipe>.Empty;
        while (true)
        {
            ImmutableArray<CandidateRecipe> more = [.. recipe.Candidates.Where(candidate => candidate.ContinueFrom is { } from
                ? living.Any(one => one.Name == from)
                : !ending.Contains(candidate.Name))];
            if (more.Length == living.Length)
            {
                return new WayOut(living, OwnMayWin(recipe));
            }

            living = more;
        }
    }

    private static bool OwnMayWin(Recipe recipe)
    {
        ImmutableArray<string> eligible = recipe.Promotion.Eligible;
        return eligible.IsDefaultOrEmpty || (recipe.Baselines.IsEmpty
            ? eligible.Contains(EligibleModels.Linear)
            : recipe.Baselines.Any(own => eligible.Contains(own.Name) || eligible.Contains(own.Kind == BaselineKind.Linear ? EligibleModels.Linear : EligibleModels.Encoder)));
    }
}
