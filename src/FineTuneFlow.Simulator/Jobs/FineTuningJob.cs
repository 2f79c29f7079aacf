using System.Collections.Immutable;
using System.Text.Json.Serialization;
using FineTuneFlow.Simulator.Services;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>A fine-tuning job.</summary>
internal sealed record FineTuningJob
{
    public required string Id { get; init; }
    /// <summary>What is trained: a base model's dated name, or the tuned model that is continued.</summary>
    public required string Model { get; init; }
    public required string BaseModel { get; init; }
    public required string TrainingFile { get; init; }
    public string? ValidationFile { get; init; }
    public string? Suffix { get; init; }
    public required long Seed { get; init; }
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    public required Hyperparameters Hyperparameters { get; init; }
    public string? TrainingType { get; init; }
    /// <summary>Name of the service that the simulator stood in for when it was created.</summary>
    public string Service { get; init; } = SimulatedServices.OpenAI.Name;
    /// <summary>Unix seconds.</summary>
    public required long CreatedAt { get; init; }
    /// <summary>Position among all jobs of this simulator.</summary>
    public required long Order { get; init; }
    public long? FinishedAt { get; init; }
    public required string Status { get; init; }
    /// <summary>Its files were looked at and taken.</summary>
    public bool Validated { get; init; }
    public JobError? Error { get; init; }
    public long? TrainedTokens { get; init; }
    public string? FineTunedModel { get; init; }
    public ImmutableArray<string> ResultFiles { get; init; } = [];
    public ImmutableArray<JobCheckpoint> Checkpoints { get; init; } = [];

    [JsonIgnore]
    public bool IsOver => JobStatus.IsTerminal(Status);
}

/// <summary>Why a job failed, as the service says it.</summary>
internal sealed record JobError(string Code, string Message, string? Param);

/// <param name="Model">The checkpoint's name, which can be called.</param>
internal sealed record JobCheckpoint(
    string Id, long CreatedAt, string Model, int Step, double TrainLoss, double TrainAccuracy, double? ValidLoss, double? ValidAccuracy);
