using System.Collections.Immutable;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Trainer.Training;

/// <summary>Where a training stands; with the weights beside it an interrupted one goes on to the same end. The file is state.json in
/// the folder checkpoint.</summary>
internal sealed record TrainingState
{
    /// <summary>Of everything that the training follows from: a state of other inputs is not gone on from.</summary>
    public required string Fingerprint { get; init; }
    /// <summary>Optimiser steps done.</summary>
    public int Step { get; init; }
    /// <summary>From 0; the epoch under way.</summary>
    public int Epoch { get; init; }
    /// <summary>Batches of it done.</summary>
    public int Batch { get; init; }
    /// <summary>Steps that the optimiser has taken; fewer where half precision left some out.</summary>
    public int OptimiserSteps { get; init; }
    /// <summary>Batches are cut into so many parts, since memory was short.</summary>
    public int Parts { get; init; } = 1;
    public double LossScale { get; init; } = 1;
    /// <summary>Steps since half precision left one out.</summary>
    public int GoodSteps { get; init; }
    /// <summary>Of the best epoch so far.</summary>
    public ValidationScore? Best { get; init; }
    public int BestEpoch { get; init; } = -1;
    public int EpochsWithoutGain { get; init; }
    public bool Ended { get; init; }
    public ImmutableArray<TrainingPoint> Curve { get; init; } = [];
    /// <summary>Seconds of training so far, without the time between executions.</summary>
    public double Seconds { get; init; }
    /// <summary>Pieces trained on, padding not counted.</summary>
    public long Tokens { get; init; }
    /// <summary>Since the curve's last point: sums over batches.</summary>
    public RunningLoss Running { get; init; } = new(0, 0, 0);
    /// <summary>The file with weights and running means, and that of the best epoch's weights.</summary>
    public string? WeightsFile { get; init; }
    public string? BestFile { get; init; }
}

/// <param name="Loss">Sum of the batches' mean losses.</param>
/// <param name="Right">Rows answered rightly.</param>
/// <param name="Rows">Rows seen.</param>
internal sealed record RunningLoss(double Loss, long Right, long Rows);
