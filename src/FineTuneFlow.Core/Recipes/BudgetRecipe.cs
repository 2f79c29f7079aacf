namespace FineTuneFlow.Core.Recipes;

public sealed record BudgetRecipe
{
    /// <summary>A hard stop: nothing is started whose upper estimate, with what was spent, passes this.</summary>
    public double Usd { get; init; } = 100;
    /// <summary>A quote above this waits for a person's approval.</summary>
    public double ApproveAbove { get; init; } = 5;
    /// <summary>Hours to wait for that approval before the run ends unspent; above 0, at most 720.</summary>
    public double ApprovalHours { get; init; } = 72;
}
