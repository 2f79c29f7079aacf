using FineTuneFlow.Durable;
using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Azure.Functions.Worker;

namespace FineTuneFlow.Functions.Activities;

/// <summary>Steps that judge candidates and baselines on the holdout.</summary>
public sealed class EvaluationActivityFunctions(ActivityRunner activities)
{
    [Function(nameof(Steps.PlanEvaluation))]
    public Task<EvaluationPlan> PlanEvaluation([ActivityTrigger] PlanEvaluationInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.PlanEvaluation, input, instanceId, context);

    [Function(nameof(Steps.PlanCheckpoints))]
    public Task<CheckpointPlan> PlanCheckpoints([ActivityTrigger] PlanCheckpointsInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.PlanCheckpoints, input, instanceId, context);

    [Function(nameof(Steps.DeployModel))]
    public Task<DeployedModel> DeployModel([ActivityTrigger] DeployModelInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.DeployModel, input, instanceId, context);

    [Function(nameof(Steps.RemoveDeployment))]
    public Task<Unit> RemoveDeployment([ActivityTrigger] RemoveDeploymentInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.RemoveDeployment, input, instanceId, context);

    [Function(nameof(Steps.SubmitBatch))]
    public Task<SubmittedBatch> SubmitBatch([ActivityTrigger] BatchPartInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.SubmitBatch, input, instanceId, context);

    [Function(nameof(Steps.PollBatch))]
    public Task<BatchProgress> PollBatch([ActivityTrigger] BatchStepInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.PollBatch, input, instanceId, context);

    [Function(nameof(Steps.CollectBatch))]
    public Task<Unit> CollectBatch([ActivityTrigger] BatchStepInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.CollectBatch, input, instanceId, context);

    [Function(nameof(Steps.EvaluateChunk))]
    public Task<ChunkResult> EvaluateChunk([ActivityTrigger] EvaluateChunkInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.EvaluateChunk, input, instanceId, context);

    [Function(nameof(Steps.ScoreCandidate))]
    public Task<CandidateScore> ScoreCandidate([ActivityTrigger] ScoreCandidateInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.ScoreCandidate, input, instanceId, context);

    [Function(nameof(Steps.TrainLinearBaseline))]
    public Task<CandidateScore> TrainLinearBaseline([ActivityTrigger] LinearBaselineInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.TrainLinearBaseline, input, instanceId, context);

    [Function(nameof(Steps.JudgeOwnChampion))]
    public Task<CandidateScore> JudgeOwnChampion([ActivityTrigger] JudgeOwnChampionInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.JudgeOwnChampion, input, instanceId, context);

    [Function(nameof(Steps.StartContainer))]
    public Task<ContainerStep> StartContainer([ActivityTrigger] ContainerStepInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.StartContainer, input, instanceId, context);

    [Function(nameof(Steps.PollContainer))]
    public Task<ContainerStep> PollContainer([ActivityTrigger] ContainerStepInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.PollContainer, input, instanceId, context);

    [Function(nameof(Steps.CollectContainer))]
    public Task<CandidateScore> CollectContainer([ActivityTrigger] ContainerStepInput input, string instanceId, FunctionContext context) =>
        activities.RunAsync(Steps.CollectContainer, input, instanceId, context);
}
