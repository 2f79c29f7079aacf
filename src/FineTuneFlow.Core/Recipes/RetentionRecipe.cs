namespace FineTuneFlow.Core.Recipes;

public sealed record RetentionRecipe
{
    /// <summary>Delete uploaded training files at the provider when the run has ended.</summary>
    public bool DeleteUploads { get; init; } = true;
}
