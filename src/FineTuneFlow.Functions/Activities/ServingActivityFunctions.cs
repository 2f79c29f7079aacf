using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Orchestrations;
using Microsoft.Azure.Functions.Worker;

namespace FineTuneFlow.Functions.Activities;

/// <summary>Steps that keep champions in service.</summary>
public sealed class ServingActivityFunctions(ActivityRunner activities)
{
    [Function(nameof(Steps.KeepServing))]
    public Task<ServingProgress> KeepServing([ActivityTrigger] ServeChampionInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.KeepServing, input, instanceId, context);
}
