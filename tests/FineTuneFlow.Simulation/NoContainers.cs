using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>No recipe here has a baseline in a container.</summary>
internal sealed class NoContainers : IContainerJobs
{
    public ContainerFacts FactsOf(ContainerJobRequest request) => throw new NotSupportedException();

    public Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => throw new NotSupportedException();
}
