using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Stands where no container job is configured, so that a recipe that asks for one is told what to set.</summary>
internal sealed class UnconfiguredContainerJobs : IContainerJobs
{
    public ContainerFacts Facts { get; } = new(TimeSpan.Zero, TimeSpan.Zero);

    public Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default) => throw NotConfigured();

    /// <summary>What cannot start anything has started nothing.</summary>
    public Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default) => Task.FromResult<ContainerExecution?>(null);

    public Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => throw NotConfigured();

    public Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => throw NotConfigured();

    public Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) => throw NotConfigured();

    private static FlowException NotConfigured() => new(new Failure(
        FailureKind.InvalidInput,
        "The recipe has a container baseline, and nothing here runs containers",
        "Set Baselines__Command to a program that keeps to docs/baseline-contract.md, or Baselines__Job to a Container Apps job; or remove the baseline",
        Field: "Baselines__Job"));
}
