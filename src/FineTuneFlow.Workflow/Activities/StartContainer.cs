using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Starts a baseline's container, or finds the one that an earlier attempt has started. A rerun takes over what a container of an
/// earlier run has made of the same settings and rows.</summary>
public sealed class StartContainer(ContainerStarts starts, EarlierContainers earlier, ContainerRequests requests, RunGuard guard) : IActivity<ContainerStepInput, ContainerStep>
{
    public async Task<ContainerStep> RunAsync(ContainerStepInput input, CancellationToken cancellation)
    {
        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        ContainerJobRequest request = await requests.OfAsync(input.RunId, input.Baseline, cancellation);
        await requests.WriteInputsAsync(request, cancellation);
        if (await earlier.FindAsync(request, cancellation) is { } run)
        {
            await earlier.AdoptAsync(request, run, cancellation);
            return new ContainerStep(null, "adopted", null, null, true, null);
        }

        StartedContainer started = await starts.StartAsync(request, cancellation);
        return new ContainerStep(started.ExecutionId, "starting", null, null, false, null);
    }
}
