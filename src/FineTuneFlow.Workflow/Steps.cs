using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow;

/// <summary>The activities by name, each with the retry policy that its nature asks.</summary>
public static class Steps
{
    // Reading and writing our own storage: always safe to repeat.
    private static readonly RetryPolicy Storage = new(8, TimeSpan.FromSeconds(1), MaxInterval: TimeSpan.FromMinutes(2));

    // Calls to a provider: each begins by looking for what an earlier attempt has left. Hours of outage are survived.
    private static readonly RetryPolicy Provider = new(
        30, TimeSpan.FromSeconds(2), MaxInterval: TimeSpan.FromMinutes(10), Timeout: TimeSpan.FromHours(12), LongestAsked: LongWaits.Above);

    // Nothing is spent yet, so a service that stays away is told of after some ten minutes instead of waited for.
    private static readonly RetryPolicy Upload = new(
        12, TimeSpan.FromSeconds(1), MaxInterval: TimeSpan.FromMinutes(2), LongestAsked: LongWaits.Above);

    public static readonly ActivityName<RunInput, RunPlan> PreparePlan = new(nameof(PreparePlan), Storage);
    public static readonly ActivityName<PrepareDatasetInput, PreparedData> PrepareDataset = new(nameof(PrepareDataset), Storage);
    public static readonly ActivityName<QuoteRunInput, QuoteSummary> QuoteRun = new(nameof(QuoteRun), Storage);
    public static readonly ActivityName<RunRecord, Unit> RecordRun = new(nameof(RecordRun), Storage);
    public static readonly ActivityName<CancelRunInput, Unit> CancelRun = new(nameof(CancelRun), Storage);
    public static readonly ActivityName<SelectNewRowsInput, DatasetFile> SelectNewRows = new(nameof(SelectNewRows), Storage);
    public static readonly ActivityName<UploadFileInput, UploadedFile> UploadFile = new(nameof(UploadFile), Upload);
    public static readonly ActivityName<UploadedFile, FileReadiness> CheckFile = new(nameof(CheckFile), Upload);
    public static readonly ActivityName<JobSlotInput, JobSlot> AcquireJobSlot = new(nameof(AcquireJobSlot), Storage);
    public static readonly ActivityName<JobSlotInput, ReleasedSlot> ReleaseJobSlot = new(nameof(ReleaseJobSlot), Storage);
    public static readonly ActivityName<SubmitJobInput, SubmittedJob> SubmitJob = new(nameof(SubmitJob), Provider);
    public static readonly ActivityName<PollJobInput, JobProgress> PollJob = new(nameof(PollJob), Provider);
    public static readonly ActivityName<CollectResultsInput, TrainedModel> CollectResults = new(nameof(CollectResults), Provider);
    public static readonly ActivityName<DeployModelInput, DeployedModel> DeployModel = new(nameof(DeployModel), Provider);
    public static readonly ActivityName<RemoveDeploymentInput, Unit> RemoveDeployment = new(nameof(RemoveDeployment), Provider);
    public static readonly ActivityName<PlanEvaluationInput, EvaluationPlan> PlanEvaluation = new(nameof(PlanEvaluation), Storage);
    public static readonly ActivityName<PlanCheckpointsInput, CheckpointPlan> PlanCheckpoints = new(nameof(PlanCheckpoints), Storage);
    public static readonly ActivityName<BatchPartInput, SubmittedBatch> SubmitBatch = new(nameof(SubmitBatch), Provider);
    public static readonly ActivityName<BatchStepInput, BatchProgress> PollBatch = new(nameof(PollBatch), Provider);
    public static readonly ActivityName<BatchStepInput, Unit> CollectBatch = new(nameof(CollectBatch), Provider);
    public static readonly ActivityName<EvaluateChunkInput, ChunkResult> EvaluateChunk = new(nameof(EvaluateChunk), Provider);
    public static readonly ActivityName<ScoreCandidateInput, CandidateScore> ScoreCandidate = new(nameof(ScoreCandidate), Storage);
    public static readonly ActivityName<LinearBaselineInput, CandidateScore> TrainLinearBaseline = new(nameof(TrainLinearBaseline), Storage);
    public static readonly ActivityName<JudgeOwnChampionInput, CandidateScore> JudgeOwnChampion = new(nameof(JudgeOwnChampion), Storage);
    public static readonly ActivityName<ContainerStepInput, ContainerStep> StartContainer = new(nameof(StartContainer), Provider);
    public static readonly ActivityName<ContainerStepInput, ContainerStep> PollContainer = new(nameof(PollContainer), Provider);
    public static readonly ActivityName<ContainerStepInput, CandidateScore> CollectContainer = new(nameof(CollectContainer), Storage);
    public static readonly ActivityName<CompareInput, ComparisonResult> Compare = new(nameof(Compare), Storage);
    public static readonly ActivityName<PromoteInput, PromotionResult> Promote = new(nameof(Promote), Storage);
    public static readonly ActivityName<ServeChampionInput, ServingProgress> KeepServing = new(nameof(KeepServing), Provider);
    public static readonly ActivityName<CleanUpInput, CleanUpResult> CleanUp = new(nameof(CleanUp), Provider);
}
