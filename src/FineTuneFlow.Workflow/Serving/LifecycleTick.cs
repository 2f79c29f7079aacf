using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Serving;

/// <summary>What hosts do every minute beside their runs: notifications are sent, deployments that champions need are kept,
/// terminated runs are cleaned up after, old ones removed.</summary>
public sealed class LifecycleTick(ServingKeeper keeper, NotificationSender sender, TerminatedRuns terminated, RunRetention retention)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        await sender.TickAsync(cancellation);
        await keeper.TickAsync(cancellation);
        await terminated.TickAsync(cancellation);
        await retention.TickAsync(cancellation);
    }
}
