using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Reports;

/// <summary>One candidate or baseline in a report.</summary>
public sealed record CandidateReport
{
    public required string Name { get; init; }
    public required OutcomeKind Kind { get; init; }
    public bool IsChampion { get; init; }
    /// <summary>True: trained and asked on the simulator, so its scores say nothing about the real model of that name.</summary>
    public bool Simulated { get; init; }
    public string? Provider { get; init; }
    public required string Model { get; init; }
    public string? TunedModel { get; init; }
    public string? ContinueFrom { get; init; }
    public string? JobId { get; init; }
    public string? SystemPrompt { get; init; }
    public ImmutableSortedDictionary<string, string> Hyperparameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    /// <summary>Null with a <see cref="Failure"/>.</summary>
    public Metrics? Metrics { get; init; }
    public CurveReport? Curve { get; init; }
    /// <summary>Those that were asked about the validation split, by step; empty where the last one was taken.</summary>
    public ImmutableArray<CheckpointReport> Checkpoints { get; init; } = [];
    public required CandidateCost Cost { get; init; }
    /// <summary>USD for 1,000 predictions as the evaluation paid them (list price where simulated); null without a price.</summary>
    public double? UsdPerThousand { get; init; }
    /// <summary>USD for 1,000 correct predictions.</summary>
    public double? UsdPerThousandCorrect { get; init; }
    public TimeSpan? TrainingTime { get; init; }
    public DateOnly? RetiresOn { get; init; }
    public Failure? Failure { get; init; }

    /// <summary>USD for 1,000 answers: 0 for models of our own, null where no price is known.</summary>
    public double? Price() => Kind.IsOwn() || (Provider is null && UsdPerThousand is null) ? 0 : Cost.Unpriced ? null : UsdPerThousand;
}
