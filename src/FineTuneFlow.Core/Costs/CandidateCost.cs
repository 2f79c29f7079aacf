namespace FineTuneFlow.Core.Costs;

/// <summary>What a candidate has cost, or would cost at list price when it ran on the simulator. USD and tokens.</summary>
public sealed record CandidateCost
{
    public long? TrainedTokens { get; init; }
    public double TrainingUsd { get; init; }
    public long? EvaluationPromptTokens { get; init; }
    public long? EvaluationCompletionTokens { get; init; }
    public double EvaluationUsd { get; init; }
    /// <summary>The price behind <see cref="EvaluationUsd"/>; null where nothing was asked or no price is listed.</summary>
    public AskingPrice? Asking { get; init; }
    /// <summary>Azure deployment hours for the evaluation, or GPU seconds of a container job, in USD.</summary>
    public double HostingUsd { get; init; }
    /// <summary>Hours that the deployment or the container job's machine behind <see cref="HostingUsd"/> stood.</summary>
    public double? HostingHours { get; init; }
    /// <summary>Asking kept checkpoints, to choose the one that is judged.</summary>
    public double SelectionUsd { get; init; }
    /// <summary>The part of training and evaluation that an earlier run had paid and this one has adopted. It is in those figures, which tell
    /// what the model costs, and not in the total, which tells what this run has cost.</summary>
    public double AdoptedUsd { get; init; }
    /// <summary>True: nothing was paid; the figures are list prices for the work that was simulated.</summary>
    public bool Simulated { get; init; }
    /// <summary>True: the price book has no price for the model, so the USD are too low by an unknown amount.</summary>
    public bool Unpriced { get; init; }
    public double TotalUsd => TrainingUsd + EvaluationUsd + HostingUsd + SelectionUsd - AdoptedUsd;
}
