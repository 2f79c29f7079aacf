using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Azure.Functions.Worker;

namespace FineTuneFlow.Functions.Activities;

/// <summary>Steps that bring a candidate from a file to a model.</summary>
public sealed class TrainingActivityFunctions(ActivityRunner activities)
{
    [Function(nameof(Steps.SelectNewRows))]
    public Task<DatasetFile> SelectNewRows([ActivityTrigger] SelectNewRowsInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.SelectNewRows, input, instanceId, context);

    [Function(nameof(Steps.UploadFile))]
    public Task<UploadedFile> UploadFile([ActivityTrigger] UploadFileInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.UploadFile, input, instanceId, context);

    [Function(nameof(Steps.CheckFile))]
    public Task<FileReadiness> CheckFile([ActivityTrigger] UploadedFile input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.CheckFile, input, instanceId, context);

    [Function(nameof(Steps.AcquireJobSlot))]
    public Task<JobSlot> AcquireJobSlot([ActivityTrigger] JobSlotInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.AcquireJobSlot, input, instanceId, context);

    [Function(nameof(Steps.ReleaseJobSlot))]
    public Task<ReleasedSlot> ReleaseJobSlot([ActivityTrigger] JobSlotInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.ReleaseJobSlot, input, instanceId, context);

    [Function(nameof(Steps.SubmitJob))]
    public Task<SubmittedJob> SubmitJob([ActivityTrigger] SubmitJobInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.SubmitJob, input, instanceId, context);

    [Function(nameof(Steps.PollJob))]
    public Task<JobProgress> PollJob([ActivityTrigger] PollJobInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.PollJob, input, instanceId, context);

    [Function(nameof(Steps.CollectResults))]
    public Task<TrainedModel> CollectResults([ActivityTrigger] CollectResultsInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.CollectResults, input, instanceId, context);
}
