using System.Collections.Immutable;
using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Functions.Triggers;

/// <summary>The night's retraining, when the setting NightlySchedule says.</summary>
public sealed class NightlyFunctions(NightlyRetrain retrain, CurrentDurableClient durable, ILogger<NightlyFunctions> logger)
{
    [Function(nameof(Nightly))]
    public async Task Nightly(
        [TimerTrigger("%NightlySchedule%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        durable.Use(client);
        ImmutableArray<StartedRun> started = await retrain.RunAsync(cancellation);
        logger.LogInformation("The night began {Count} runs (late: {Late})", started.Length, timer.IsPastDue);
    }
}
