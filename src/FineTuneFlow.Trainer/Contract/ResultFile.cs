namespace FineTuneFlow.Trainer.Contract;

/// <summary>result.json.</summary>
internal sealed record ResultFile
{
    public required string Status { get; init; }
    public string? Error { get; init; }
    public string? Message { get; init; }
    public int? TrainRows { get; init; }
    public int? PredictedRows { get; init; }
    public double? TrainSeconds { get; init; }
    public double? PredictSeconds { get; init; }
    /// <summary>Pieces of texts, padding not counted, in a second of training.</summary>
    public double? TokensPerSecond { get; init; }
    /// <summary>Of the whole model.</summary>
    public double? Parameters { get; init; }
    /// <summary>Of its layers alone, without embeddings and classifier: the work for a piece grows with them.</summary>
    public double? LayerParameters { get; init; }
    public string? Device { get; init; }
    public IReadOnlyDictionary<string, string>? Versions { get; init; }
    public IReadOnlyDictionary<string, string>? Hyperparameters { get; init; }
    /// <summary>What a person should know: texts that were cut, memory that was short, what the smaller model loses.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}
