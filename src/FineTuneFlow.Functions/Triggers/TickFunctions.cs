using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Workflow.Serving;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Triggers;

/// <summary>Does what is due beside the runs, every minute.</summary>
public sealed class TickFunctions(LifecycleTick tick, CurrentDurableClient durable)
{
    [Function(nameof(Tick))]
    public async Task Tick([TimerTrigger("0 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        durable.Use(client);
        await tick.RunAsync(cancellation);
    }
}
