using FineTuneFlow.Durable;
using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Azure.Functions.Worker;

namespace FineTuneFlow.Functions.Activities;

/// <summary>Steps of a run that read and write our own storage.</summary>
public sealed class RunActivityFunctions(ActivityRunner activities)
{
    [Function(nameof(Steps.PreparePlan))]
    public Task<RunPlan> PreparePlan([ActivityTrigger] RunInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.PreparePlan, input, instanceId, context);

    [Function(nameof(Steps.PrepareDataset))]
    public Task<PreparedData> PrepareDataset([ActivityTrigger] PrepareDatasetInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.PrepareDataset, input, instanceId, context);

    [Function(nameof(Steps.QuoteRun))]
    public Task<QuoteSummary> QuoteRun([ActivityTrigger] QuoteRunInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.QuoteRun, input, instanceId, context);

    [Function(nameof(Steps.RecordRun))]
    public Task<Unit> RecordRun([ActivityTrigger] RunRecord input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.RecordRun, input, instanceId, context);

    [Function(nameof(Steps.CancelRun))]
    public Task<Unit> CancelRun([ActivityTrigger] CancelRunInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.CancelRun, input, instanceId, context);

    [Function(nameof(Steps.Compare))]
    public Task<ComparisonResult> Compare([ActivityTrigger] CompareInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.Compare, input, instanceId, context);

    [Function(nameof(Steps.Promote))]
    public Task<PromotionResult> Promote([ActivityTrigger] PromoteInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.Promote, input, instanceId, context);

    [Function(nameof(Steps.CleanUp))]
    public Task<CleanUpResult> CleanUp([ActivityTrigger] CleanUpInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.CleanUp, input, instanceId, context);
}
