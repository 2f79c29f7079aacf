using System.Collections.Immutable;

namespace FineTuneFlow.Core.Training;

/// <summary>The loss and accuracy that a training job reports by step. The job's accuracy counts hidden tokens as well as the
/// label (a one-token label has a floor near 0.67): never the task's accuracy.</summary>
public sealed record TrainingCurve(ImmutableArray<TrainingPoint> Points, ImmutableArray<CurveCheckpoint> Checkpoints);

/// <param name="Step">From 1.</param>
/// <param name="TrainLoss">Mean cross-entropy in nats.</param>
/// <param name="TrainAccuracy">Mean token accuracy, 0 to 1.</param>
/// <param name="ValidLoss">On the validation batch or split.</param>
/// <param name="ValidAccuracy">On the validation batch or split.</param>
public sealed record TrainingPoint(int Step, double? TrainLoss, double? TrainAccuracy, double? ValidLoss, double? ValidAccuracy);

/// <param name="Step">From 1.</param>
/// <param name="Model">The checkpoint's model id.</param>
/// <param name="ValidLoss">On the whole validation file, as the job tells; null where it does not.</param>
public sealed record CurveCheckpoint(int Step, string Model, double? ValidLoss = null);
