using System.Text.Json.Serialization;

namespace FineTuneFlow.Workflow.Containers;

/// <summary><c>result.json</c> of a container.</summary>
public sealed record ContainerResult
{
    /// <summary>succeeded or failed.</summary>
    public required string Status { get; init; }
    [JsonIgnore]
    public bool HasSucceeded => Status == "succeeded";
    /// <summary>With failed: invalidInput, outOfMemory, unavailable or training.</summary>
    public string? Error { get; init; }
    /// <summary>With failed: one sentence for a person, without texts of the data set.</summary>
    public string? Message { get; init; }
    /// <summary>Rows trained on, and rows predicted.</summary>
    public long? TrainRows { get; init; }
    public long? PredictedRows { get; init; }
    /// <summary>Seconds of training and of prediction.</summary>
    public double? TrainSeconds { get; init; }
    public double? PredictSeconds { get; init; }
    /// <summary>What trained where: device (cuda, cpu), its name, and the versions of what matters.</summary>
    public string? Device { get; init; }
    /// <summary>Pieces of texts, padding not counted, in a second of training.</summary>
    public double? TokensPerSecond { get; init; }
    /// <summary>Of the whole model.</summary>
    public double? Parameters { get; init; }
    /// <summary>Of its layers alone, without embeddings and classifier.</summary>
    public double? LayerParameters { get; init; }
    /// <summary>What a person should know of the training.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
    public IReadOnlyDictionary<string, string>? Versions { get; init; }
    public IReadOnlyDictionary<string, string>? Hyperparameters { get; init; }
}
