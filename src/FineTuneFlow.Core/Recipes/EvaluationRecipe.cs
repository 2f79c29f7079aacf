namespace FineTuneFlow.Core.Recipes;

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
