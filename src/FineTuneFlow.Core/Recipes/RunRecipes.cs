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

public sealed record EvaluationRecipe
{
    /// <summary>Rows a chunk: the unit that is asked, stored and resumed as one. 1 to 10,000.</summary>
    public int ChunkRows { get; init; } = 200;
    /// <summary>Judge on at most this many holdout rows, drawn by the split's seed; null: all.</summary>
    public int? SampleRows { get; init; }
    public EvaluationMode Mode { get; init; } = EvaluationMode.Online;
    /// <summary>Requests in flight at once per model at the most; the adaptive limit stays below it. 1 to 512.</summary>
    public int MaxConcurrency { get; init; } = 32;
}

public enum EvaluationMode { Online, Batch }

public sealed record PromotionRecipe
{
    public PromotionMetric Metric { get; init; } = PromotionMetric.Accuracy;
    /// <summary>The challenger must beat the champion by a paired test, not only by the figure.</summary>
    public bool RequireSignificance { get; init; } = true;
    /// <summary>Level of the tests and intervals (two-sided); 0.001 to 0.2.</summary>
    public double Alpha { get; init; } = 0.05;
}

public enum PromotionMetric { Accuracy, MacroF1, GoodVersusBad, OneOffAccuracy }

public sealed record RetentionRecipe
{
    /// <summary>Delete uploaded training files at the provider when the run has ended.</summary>
    public bool DeleteUploads { get; init; } = true;
}
