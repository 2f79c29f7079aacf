using System.Collections.Immutable;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>A job to create.</summary>
public sealed record JobRequest
{
    /// <summary>Base model, or a fine-tuned one to continue.</summary>
    public required string Model { get; init; }
    /// <summary>The base of a fine-tuned <see cref="Model"/> that is continued.</summary>
    public string? BaseModel { get; init; }
    public required string TrainingFile { get; init; }
    public string? ValidationFile { get; init; }
    /// <summary>At most as many characters as the service takes.</summary>
    public required string Suffix { get; init; }
    public int? Seed { get; init; }
    /// <summary>Null: the service chooses ("auto").</summary>
    public int? Epochs { get; init; }
    public int? BatchSize { get; init; }
    public double? LearningRateMultiplier { get; init; }
    public TrainingTier? Tier { get; init; }
    /// <summary>Run and candidate, by which the job is found again.</summary>
    public required ImmutableSortedDictionary<string, string> Metadata { get; init; }
}

/// <summary>A job as the service tells it, read tolerantly.</summary>
public sealed record ProviderJob
{
    public required string Id { get; init; }
    public required string Model { get; init; }
    public required JobState State { get; init; }
    /// <summary>The service's own word, also where <see cref="State"/> is Unknown.</summary>
    public required string RawState { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public string? TunedModel { get; init; }
    public long? TrainedTokens { get; init; }
    /// <summary>The service did not say, and the quote's estimate stands in <see cref="TrainedTokens"/>.</summary>
    public bool TokensEstimated { get; init; }
    public string? TrainingFile { get; init; }
    /// <summary>As the service repeats it; null where it does not.</summary>
    public string? Suffix { get; init; }
    public ImmutableArray<string> ResultFiles { get; init; } = [];
    public string? ErrorCode { get; init; }
    public string? ErrorMessage { get; init; }
    public int? Epochs { get; init; }
    public int? BatchSize { get; init; }
    public double? LearningRateMultiplier { get; init; }
    public int? Seed { get; init; }
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Unknown states are not terminal.</summary>
    public bool HasEnded => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;
}

public enum JobState { Pending, ValidatingFiles, Queued, Running, Paused, Succeeded, Failed, Cancelled, Unknown }

/// <param name="Level">info, warn or error.</param>
/// <param name="Type">message or metrics.</param>
/// <param name="Message">For a person.</param>
/// <param name="Step">Metrics: the step.</param>
/// <param name="TotalSteps">Metrics: of how many.</param>
/// <param name="Metrics">Metrics by the service's names (train_loss, valid_loss...).</param>
public sealed record JobEvent(
    DateTimeOffset? At, string Level, string Type, string Message, int? Step, int? TotalSteps, ImmutableSortedDictionary<string, double> Metrics);

/// <param name="Step">At which it was taken.</param>
/// <param name="Model">Its id, callable like a model.</param>
/// <param name="ValidLoss">On the whole validation file; null where the service does not tell.</param>
public sealed record JobCheckpoint(int Step, string Model, double? ValidLoss = null);
