using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>What a schema cannot say: how the parts of a recipe must fit together. The rules stand by topic in the files <c>*Rules.cs</c>.</summary>
internal static class RecipeRules
{
    /// <summary>The name under which <c>continueFrom</c> means the project's promoted model.</summary>
    public const string Champion = "champion";

    /// <returns>In the order of the topics, and within each in the order of the recipe. A recipe that is too large is not looked at
    /// further: its grids would have to be expanded.</returns>
    public static ImmutableArray<RecipeProblem> Check(Recipe recipe) => RecipeSize.Of(recipe) is > RecipeSize.Most and var count
        ?
        [
            new RecipeProblem(
                "candidates",
                $"the recipe asks for {count:N0} candidates and baselines, its lists of hyperparameters multiplied; one run takes {RecipeSize.Most}",
                "Take values out of the lists, or divide it into several recipes."),
        ]
        :
        [
            .. DatasetRules.Check(recipe.Dataset),
            .. LabelRules.Check(recipe.Dataset.Labels),
            .. LabelRules.Check(recipe.Dataset.RareClasses, recipe.Dataset.Labels),
            .. NameRules.Check(recipe),
            .. recipe.Candidates.SelectMany((candidate, i) => CandidateRules.Check(candidate, $"candidates[{i}]")),
            .. ContinuationRules.Check(recipe.Candidates),
            .. CheckpointRules.Check(recipe),
            .. recipe.Baselines.SelectMany((baseline, i) => BaselineRules.Check(baseline, $"baselines[{i}]")),
            .. PromotionRules.Check(recipe),
            .. ServingRules.Check(recipe.Serving),
        ];
}
