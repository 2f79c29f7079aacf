using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace FineTuneFlow.Functions.Orchestrations;

/// <summary>The workflow's orchestrations under their names in history.</summary>
public sealed class OrchestrationFunctions(OrchestrationRunner orchestrations)
{
    [Function(nameof(Flows.FineTuneRun))]
    public Task<RunResult> FineTuneRun([OrchestrationTrigger] TaskOrchestrationContext context, RunInput input) =>
        orchestrations.RunAsync(Flows.FineTuneRun, context, input);

    [Function(nameof(Flows.TrainCandidate))]
    public Task<TrainedModel> TrainCandidate([OrchestrationTrigger] TaskOrchestrationContext context, TrainCandidateInput input) =>
        orchestrations.RunAsync(Flows.TrainCandidate, context, input);

    [Function(nameof(Flows.MonitorJob))]
    public Task<MonitoredJob> MonitorJob([OrchestrationTrigger] TaskOrchestrationContext context, MonitorJobInput input) =>
        orchestrations.RunAsync(Flows.MonitorJob, context, input);

    [Function(nameof(Flows.EvaluateCandidate))]
    public Task<CandidateScore> EvaluateCandidate([OrchestrationTrigger] TaskOrchestrationContext context, EvaluateCandidateInput input) =>
        orchestrations.RunAsync(Flows.EvaluateCandidate, context, input);

    [Function(nameof(Flows.ServeChampion))]
    public Task<ServingProgress> ServeChampion([OrchestrationTrigger] TaskOrchestrationContext context, ServeChampionInput input) =>
        orchestrations.RunAsync(Flows.ServeChampion, context, input);

    [Function(nameof(Flows.ContainerBaseline))]
    public Task<CandidateScore> ContainerBaseline([OrchestrationTrigger] TaskOrchestrationContext context, ContainerBaselineInput input) =>
        orchestrations.RunAsync(Flows.ContainerBaseline, context, input);
}
