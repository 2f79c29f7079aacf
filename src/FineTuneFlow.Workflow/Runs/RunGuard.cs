using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Whether a run may still spend. Asked by every step that costs, so that a cancellation reaches what is under way.</summary>
public sealed class RunGuard(IBlobStore store)
{
    public async Task<Failure?> CancellationAsync(string runId, CancellationToken cancellation) =>
        (await store.FindJsonAsync<Failure>(RunPaths.Cancellation(runId), cancellation))?.Value;

    /// <exception cref="FlowException">Cancelled or DeadlineExceeded, as the run was ended.</exception>
    public async Task ThrowIfCancelledAsync(string runId, CancellationToken cancellation)
    {
        if (await CancellationAsync(runId, cancellation) is { } failure)
        {
            throw new FlowException(failure);
        }
    }
}
