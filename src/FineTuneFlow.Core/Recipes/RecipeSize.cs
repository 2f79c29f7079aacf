namespace FineTuneFlow.Core.Recipes;

/// <summary>How many candidates and baselines a recipe asks for, its lists of hyperparameters multiplied.</summary>
public static class RecipeSize
{
    /// <summary>Of one run. What a run hands from step to step grows with them: the first to pass what an engine takes in one message is
    /// what the comparison is given (docs/engine.md).</summary>
    public const int Most = 200;

    /// <summary>Counted without making them: a few long lists multiply to millions.</summary>
    public static long Of(Recipe recipe)
    {
        try
        {
            return checked(
                recipe.Candidates.Sum(candidate => Values(candidate.Epochs.Count) * Values(candidate.BatchSize.Count) * Values(candidate.LearningRateMultiplier.Count))
                + recipe.Baselines.Sum(baseline => Values(baseline.Epochs.Count) * Values(baseline.LearningRate.Count) * Values(baseline.MaxLength.Count)));
        }
        catch (OverflowException)
        {
            return long.MaxValue;
        }
    }

    private static long Values(int count) => Math.Max(1, count);
}
