using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>How to read the data, what to train, how to judge and what may be spent. Read by <c>RecipeReader</c>, which
/// names every unknown property; everything has a default.</summary>
public sealed record Recipe
{
    public int Version { get; init; } = 1;
    public DatasetRecipe Dataset { get; init; } = new();
    public BudgetRecipe Budget { get; init; } = new();
    /// <summary>Empty: one affordable candidate of the default provider.</summary>
    public ImmutableArray<CandidateRecipe> Candidates { get; init; } = [];
    public ImmutableArray<BaselineRecipe> Baselines { get; init; } = [];
    public EvaluationRecipe Evaluation { get; init; } = new();
    public PromotionRecipe Promotion { get; init; } = new();
    public RetrainRecipe Retrain { get; init; } = new();
    public ServingRecipe Serving { get; init; } = new();
    /// <summary>Hours after which the whole run gives up and cancels its jobs; 0.01 to 720.</summary>
    public double DeadlineHours { get; init; } = 72;
    public RetentionRecipe Retention { get; init; } = new();
}
