using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>A continuation is told what the model that it continues was told: trained on without its system prompt, a model would
/// unlearn it. A recipe that wants another prompt names it; an empty one means none.</summary>
public static class ContinuedPrompts
{
    /// <param name="candidates">With grids expanded and no circles.</param>
    /// <param name="champion">The champion's system prompt; null: none, or not known yet.</param>
    public static ImmutableArray<CandidateRecipe> Inherit(ImmutableArray<CandidateRecipe> candidates, string? champion = null)
    {
        return [.. candidates.Select(candidate => candidate with { SystemPrompt = PromptOf(candidate) })];

        string? PromptOf(CandidateRecipe candidate) => candidate.SystemPrompt ?? candidate.ContinueFrom switch
        {
            null => null,
            RecipeRules.Champion => champion,
            var continued => candidates.FirstOrDefault(c => c.Name == continued) is { } from ? PromptOf(from) : null,
        };
    }
}
