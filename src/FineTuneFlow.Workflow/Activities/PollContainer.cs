using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Looks how far a container is; stops it when its run was cancelled; keeps the end of its log when it failed.</summary>
public sealed class PollContainer(IBlobStore store, IContainerJobs jobs, ContainerRequests requests, RunGuard guard) : IActivity<ContainerStepInput, ContainerStep>
{
    public async Task<ContainerStep> RunAsync(ContainerStepInput input, CancellationToken cancellation)
    {
        ContainerJobRequest request = await requests.OfAsync(input.RunId, input.Baseline, cancellation);
        ContainerExecution execution = await jobs.GetAsync(request, input.ExecutionId!, cancellation)
            ?? throw new FlowException(FailureKind.JobFailed, $"The container execution {input.ExecutionId} is not there any more", "Rerun to train the baseline again");
        if (await guard.CancellationAsync(input.RunId, cancellation) is { } cancelled && !execution.HasEnded)
        {
            await jobs.CancelAsync(request, execution.Id, cancellation);
            return Step(execution) with { Failure = cancelled };
        }

        if (execution.State is ContainerState.Failed)
        {
            string log = await jobs.ReadLogTailAsync(request, execution.Id, cancellation);
            await store.WriteBytesAsync(RunPaths.Baseline(input.RunId, input.Baseline, "log-tail.txt"), Encoding.UTF8.GetBytes(log), cancellation: cancellation);
        }

        return Step(execution);
    }

    private static ContainerStep Step(ContainerExecution execution) => new(
        execution.Id,
        execution.Progress?.Stage ?? execution.State.ToString().ToLowerInvariant(),
        execution.Progress?.Step,
        execution.Progress?.TotalSteps,
        execution.State == ContainerState.Succeeded,
        execution.State switch
        {
            ContainerState.Failed => execution.Failure ?? new Failure(FailureKind.JobFailed, "The container failed", "See baselines/ of the run for the end of its log"),
            ContainerState.Cancelled => new Failure(FailureKind.JobFailed, "The container was stopped from outside", "Rerun to train the baseline again"),
            _ => null,
        });
}
