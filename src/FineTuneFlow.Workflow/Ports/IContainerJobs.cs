namespace FineTuneFlow.Workflow.Ports;

/// <summary>Runs the GPU container of a baseline: a manual Container Apps job in the cloud, a child process on a machine. What the
/// container reads and writes is docs/baseline-contract.md. Faults are <see cref="Core.Failures.FlowException"/>s; whether the
/// job itself failed is told by <see cref="ContainerExecution.Failure"/>.</summary>
public interface IContainerJobs
{
    ContainerFacts FactsOf(ContainerJobRequest request);

    /// <summary>The execution of this run, baseline and attempt; null where there is none. Starts nothing.</summary>
    Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default);

    /// <summary>Starts an execution. Sent once, and not safe to repeat: who calls it has recorded the intent and looked for what
    /// earlier calls have left.</summary>
    /// <exception cref="Core.Failures.FlowException">Ambiguous: the answer to the start was lost. Any other failure: nothing was started.</exception>
    Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default);

    /// <summary>How an execution stands now; null when there is none of that id. When it tells Succeeded, all outputs lie under
    /// <see cref="ContainerJobRequest.Output"/>.</summary>
    Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default);

    /// <summary>The last lines that the container wrote, for a person; empty when nothing can be had. May hold anything that the
    /// container printed, so it goes into the run's folder and not into logs or history.</summary>
    Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default);

    /// <summary>Stops an execution; one that has ended or is not there is no error.</summary>
    Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default);
}
