using System.Collections.Immutable;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>What a night can train when the champion's base model is about to end. A candidate whose own base ends as soon is none: it
/// would cost and help nobody.</summary>
/// <param name="Candidates">Those of the recipe whose base models go on, and that need no champion.</param>
/// <param name="OwnModels">A model of our own may become champion.</param>
internal sealed record WayOut(ImmutableArray<CandidateRecipe> Candidates, bool OwnModels)
{
    public bool Leads => OwnModels || !Candidates.IsEmpty;

    public static WayOut Of(Recipe recipe, ModelLives lives, IProviders providers)
    {
        var living = ImmutableArray<CandidateRecipe>.Empty;
        while (true)
        {
            ImmutableArray<CandidateRecipe> more = [.. recipe.Candidates.Where(candidate => candidate.ContinueFrom is { } from
                ? living.Any(one => one.Name == from)
                : candidate.Model is { } model
                    && !(lives.Of(candidate.Provider ?? providers.Default, model, candidate.Kind == CandidateKind.FineTune)?.DaysLeft <= recipe.Retrain.DyingDays))];
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
