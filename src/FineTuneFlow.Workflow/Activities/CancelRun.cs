using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Marks a run as cancelled; every step that would spend, and every job monitor, sees it.</summary>
public sealed class CancelRun(IBlobStore store) : IActivity<CancelRunInput, Unit>
{
    public async Task<Unit> RunAsync(CancelRunInput input, CancellationToken cancellation)
    {
        await store.WriteJsonAsync(RunPaths.Cancellation(input.RunId), input.Reason, cancellation: cancellation);
        return Unit.Value;
    }
}

public sealed record CancelRunInput(string RunId, Failure Reason);
