using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Starts a baseline's container, or finds the one that an earlier attempt has started.</summary>
public sealed class StartContainer(IContainerJobs jobs, ContainerRequests requests, RunGuard guard) : IActivity<ContainerStepInput, ContainerStep>
{
    public async Task<ContainerStep> RunAsync(ContainerStepInput input, CancellationToken cancellation)
    {
        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        ContainerJobRequest request = await requests.OfAsync(input.RunId, input.Baseline, cancellation);
        await requests.WriteInputsAsync(request, cancellation);
        ContainerExecution execution = await jobs.StartOrFindAsync(request, cancellation);
        return new ContainerStep(execution.Id, "starting", null, null, false, null);
    }
}
