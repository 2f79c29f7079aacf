using FineTuneFlow.Workflow.Notifying;

namespace FineTuneFlow.Workflow.Serving;

/// <summary>What hosts do every minute beside their runs: notifications are sent, deployments that champions need are kept.</summary>
public sealed class LifecycleTick(ServingKeeper keeper, NotificationSender sender)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        await sender.TickAsync(cancellation);
        await keeper.TickAsync(cancellation);
    }
}
