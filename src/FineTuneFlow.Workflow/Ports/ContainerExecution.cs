using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>One execution of a container job.</summary>
public sealed record ContainerExecution
{
    public required string Id { get; init; }
    public required ContainerState State { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>The machine's name in the price book.</summary>
    public required string Machine { get; init; }
    /// <summary>The last that the container told of its progress.</summary>
    public ContainerProgress? Progress { get; init; }
    /// <summary>With Failed: Unavailable where the container never began (image pull, no machine) or was interrupted, so that
    /// another may be started; JobFailed or InvalidInput where its work failed.</summary>
    public Failure? Failure { get; init; }

    public bool HasEnded => State is ContainerState.Succeeded or ContainerState.Failed or ContainerState.Cancelled;
}

public enum ContainerState { Pending, Running, Succeeded, Failed, Cancelled }

/// <summary><c>progress.json</c> of a container.</summary>
/// <param name="Stage">loading, training, predicting or done.</param>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="TotalSteps">Of how many.</param>
/// <param name="At">By the container's clock.</param>
public sealed record ContainerProgress(string Stage, int Step, int TotalSteps, DateTimeOffset At);
