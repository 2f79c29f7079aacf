using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Reports;

/// <summary>All that a report is made from. The holdout's rows and the predictions come in any order; they are joined by id.</summary>
public sealed record ReportInput
{
    public required string RunId { get; init; }
    public required string Project { get; init; }
    public required Recipe Recipe { get; init; }
    public required Manifest Manifest { get; init; }
    /// <summary><c>dataset/profile.json</c> as it stands.</summary>
    public JsonNode? Profile { get; init; }
    /// <summary>The rows that are judged: of a large holdout the sample that the candidates were asked about.</summary>
    public required IReadOnlyList<DatasetRow> Holdout { get; init; }
    /// <summary>Rows of the prepared holdout that are not in <see cref="Holdout"/>, as the champion was trained on them.</summary>
    public int LeftOut { get; init; }
    /// <summary>Decisions by which labels of <see cref="Holdout"/> are others than those of the drop.</summary>
    public ImmutableArray<HoldoutChange> HoldoutChanges { get; init; } = [];
    public required ImmutableArray<CandidateOutcome> Candidates { get; init; }
    /// <summary>Name under which the project's champion stands among the candidates; null: the project has none. Where no candidate of
    /// that name was evaluated, the champion could not be asked.</summary>
    public string? Champion { get; init; }
    /// <summary>Why the champion stands in no comparison, where it could not even be tried.</summary>
    public string? ChampionRefusal { get; init; }
    /// <summary>How the champion did in use; null without one.</summary>
    public ChampionHealthReport? ChampionHealth { get; init; }
    /// <summary>The champion's days and what it answered before; null: the project has no champion.</summary>
    public OldChampion? OldChampion { get; init; }
    public required ImmutableArray<StageTime> Stages { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    /// <summary>What was quoted before the run, to be set beside what was spent.</summary>
    public Quote? Quote { get; init; }
}

/// <param name="Model">Its base model.</param>
/// <param name="EndsOn">The first day on which it no longer answers, where one is announced.</param>
/// <param name="RecordedBy">The run that made it.</param>
/// <param name="Recorded">What it answered there, for where it cannot be asked any more.</param>
public sealed record OldChampion(string Model, DateOnly? EndsOn, string RecordedBy, IReadOnlyList<Prediction> Recorded);

/// <summary>What a candidate or baseline has come to.</summary>
public sealed record CandidateOutcome
{
    public required string Name { get; init; }
    public required OutcomeKind Kind { get; init; }
    public string? Provider { get; init; }
    /// <summary>True when the simulator trained it.</summary>
    public bool Simulated { get; init; }
    /// <summary>The base model.</summary>
    public required string Model { get; init; }
    /// <summary>The model that answered (a fine-tune's id).</summary>
    public string? TunedModel { get; init; }
    public string? ContinueFrom { get; init; }
    public string? SystemPrompt { get; init; }
    public string? JobId { get; init; }
    /// <summary>Epochs, batch size and the like as the service used them, by name.</summary>
    public ImmutableSortedDictionary<string, string> Hyperparameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
    /// <summary>Empty with a <see cref="Failure"/>.</summary>
    public IReadOnlyList<Prediction> Predictions { get; init; } = [];
    public TrainingCurve? Curve { get; init; }
    /// <summary>Checkpoints that were asked about the validation split, by step, without intervals.</summary>
    public ImmutableArray<CheckpointReport> Checkpoints { get; init; } = [];
    public required CandidateCost Cost { get; init; }
    public TimeSpan? TrainingTime { get; init; }
    public Failure? Failure { get; init; }
    /// <summary>The day on which the model can no longer be asked, if its provider has announced one.</summary>
    public DateOnly? RetiresOn { get; init; }
}

public enum OutcomeKind { FineTune, Continuation, Prompt, LinearBaseline, ContainerBaseline, Champion, Encoder }

/// <summary>A decision that has changed labels of rows that judge.</summary>
/// <param name="By">Who took it.</param>
/// <param name="Rows">How many of this run's rows it has changed.</param>
public sealed record HoldoutChange(string By, DateTimeOffset At, string Reason, int Rows);

public sealed record StageTime(string Name, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);
