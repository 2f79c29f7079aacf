using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow;

/// <summary>The orchestrations by name.</summary>
public static class Flows
{
    public static readonly OrchestrationName<RunInput, RunResult> FineTuneRun = new(nameof(FineTuneRun));
    public static readonly OrchestrationName<TrainCandidateInput, TrainedModel> TrainCandidate = new(nameof(TrainCandidate));
    public static readonly OrchestrationName<MonitorJobInput, MonitoredJob> MonitorJob = new(nameof(MonitorJob));
    public static readonly OrchestrationName<EvaluateCandidateInput, CandidateScore> EvaluateCandidate = new(nameof(EvaluateCandidate));
    public static readonly OrchestrationName<ContainerBaselineInput, CandidateScore> ContainerBaseline = new(nameof(ContainerBaseline));

    public static readonly OrchestrationName<ServeChampionInput, ServingProgress> ServeChampion = new(nameof(ServeChampion));

    /// <summary>Id of what keeps a project's deployments; no run's id holds a colon after its project alone.</summary>
    public static string ServeId(string project) => $"{project}:serve";

    /// <summary>Ids of what a run starts, so that events and queries find them.</summary>
    public static string TrainId(string runId, string candidate) => $"{runId}:{candidate}:train";

    public static string MonitorId(string runId, string candidate) => $"{runId}:{candidate}:job";

    public static string EvaluateId(string runId, string candidate) => $"{runId}:{candidate}:evaluate";

    public static string BaselineId(string runId, string baseline) => $"{runId}:{baseline}:baseline";
}
