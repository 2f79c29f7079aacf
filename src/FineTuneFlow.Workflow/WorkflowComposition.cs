using FineTuneFlow.Core.Costs;
using FineTuneFlow.Durable;
using FineTuneFlow.Encoders.Sources;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Spending;
using FineTuneFlow.Workflow.Watching;
using FineTuneFlow.Workflow.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FineTuneFlow.Workflow;

/// <summary>The workflow as a host takes it: the catalog for its engine, the services for its container. The host adds the
/// ports' adapters and an <see cref="IDurableClient"/>.</summary>
public static class WorkflowComposition
{
    public static WorkflowCatalog Catalog { get; } = new WorkflowCatalog()
        .With(Flows.FineTuneRun, FineTuneRun.RunAsync)
        .With(Flows.TrainCandidate, TrainCandidate.RunAsync)
        .With(Flows.MonitorJob, MonitorJob.RunAsync)
        .With(Flows.EvaluateCandidate, EvaluateCandidate.RunAsync)
        .With(Flows.ContainerBaseline, ContainerBaseline.RunAsync)
        .With(Flows.ServeChampion, ServeChampion.RunAsync)
        .With<KeepServing, ServeChampionInput, ServingProgress>(Steps.KeepServing)
        .With<PreparePlan, RunInput, RunPlan>(Steps.PreparePlan)
        .With<PrepareDataset, PrepareDatasetInput, PreparedData>(Steps.PrepareDataset)
        .With<QuoteRun, QuoteRunInput, QuoteSummary>(Steps.QuoteRun)
        .With<RecordRun, RunRecord, Unit>(Steps.RecordRun)
        .With<CancelRun, CancelRunInput, Unit>(Steps.CancelRun)
        .With<SelectNewRows, SelectNewRowsInput, DatasetFile>(Steps.SelectNewRows)
        .With<UploadFile, UploadFileInput, UploadedFile>(Steps.UploadFile)
        .With<CheckFile, UploadedFile, FileReadiness>(Steps.CheckFile)
        .With<AcquireJobSlot, JobSlotInput, JobSlot>(Steps.AcquireJobSlot)
        .With<ReleaseJobSlot, JobSlotInput, ReleasedSlot>(Steps.ReleaseJobSlot)
        .With<SubmitJob, SubmitJobInput, SubmittedJob>(Steps.SubmitJob)
        .With<PollJob, PollJobInput, JobProgress>(Steps.PollJob)
        .With<CollectResults, CollectResultsInput, TrainedModel>(Steps.CollectResults)
        .With<DeployModel, DeployModelInput, DeployedModel>(Steps.DeployModel)
        .With<RemoveDeployment, RemoveDeploymentInput, Unit>(Steps.RemoveDeployment)
        .With<PlanEvaluation, PlanEvaluationInput, EvaluationPlan>(Steps.PlanEvaluation)
        .With<PlanCheckpoints, PlanCheckpointsInput, CheckpointPlan>(Steps.PlanCheckpoints)
        .With<SubmitBatch, BatchPartInput, SubmittedBatch>(Steps.SubmitBatch)
        .With<PollBatch, BatchStepInput, BatchProgress>(Steps.PollBatch)
        .With<CollectBatch, BatchStepInput, Unit>(Steps.CollectBatch)
        .With<EvaluateChunk, EvaluateChunkInput, ChunkResult>(Steps.EvaluateChunk)
        .With<ScoreCandidate, ScoreCandidateInput, CandidateScore>(Steps.ScoreCandidate)
        .With<TrainLinearBaseline, LinearBaselineInput, CandidateScore>(Steps.TrainLinearBaseline)
        .With<JudgeOwnChampion, JudgeOwnChampionInput, CandidateScore>(Steps.JudgeOwnChampion)
        .With<StartContainer, ContainerStepInput, ContainerStep>(Steps.StartContainer)
        .With<PollContainer, ContainerStepInput, ContainerStep>(Steps.PollContainer)
        .With<CollectContainer, ContainerStepInput, CandidateScore>(Steps.CollectContainer)
        .With<Compare, CompareInput, ComparisonResult>(Steps.Compare)
        .With<Promote, PromoteInput, PromotionResult>(Steps.Promote)
        .With<CleanUp, CleanUpInput, CleanUpResult>(Steps.CleanUp);

    public static IServiceCollection AddFineTuneFlowWorkflow(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(PriceBook.Default);
        services.TryAddSingleton(ModelBook.Default);
        services.TryAddSingleton(NotificationOptions.None);
        services.TryAddSingleton(IntakeOptions.Default);
        services.TryAddSingleton(RetentionOptions.None);
        services.TryAddSingleton(_ => new EncoderSources(_ => false, HubSettings.FromEnvironment));
        foreach (Type activity in typeof(WorkflowComposition).Assembly.GetTypes().Where(IsActivity))
        {
            services.AddTransient(activity);
        }

        return services
            .AddSingleton(Catalog)
            .AddSingleton<FlowTelemetry>()
            .AddSingleton<ModelThrottle>()
            .AddSingleton<RunPrices>()
            .AddSingleton<QuotedTokens>()
            .AddSingleton<SpendOnce>()
            .AddSingleton<RunRecords>()
            .AddSingleton<RunGuard>()
            .AddSingleton<JobSlots>()
            .AddSingleton<Deployments>()
            .AddSingleton<JobSearch>()
            .AddSingleton<JobMonitors>()
            .AddSingleton<EarlierRuns>()
            .AddSingleton<EarlierContainers>()
            .AddSingleton<TrainingUploads>()
            .AddSingleton<EarlierAnswers>()
            .AddSingleton<ContainerStarts>()
            .AddSingleton<Orphans>()
            .AddSingleton<LeftJobs>()
            .AddSingleton<LeftBatches>()
            .AddSingleton<LeftQuestions>()
            .AddSingleton<LateCosts>()
            .AddSingleton<CheckpointCosts>()
            .AddSingleton<CandidateScores>()
            .AddSingleton<ContainerRequests>()
            .AddSingleton<Shots>()
            .AddSingleton<CandidateQuestions>()
            .AddSingleton<BatchAnswers>()
            .AddSingleton<Champions>()
            .AddSingleton<ModelLives>()
            .AddSingleton<OwnModels>()
            .AddSingleton<VersionFiles>()
            .AddSingleton<ProjectRecipes>()
            .AddSingleton<VersionAnswers>()
            .AddSingleton<ServingDeployments>()
            .AddSingleton<ServingKeeper>()
            .AddSingleton<ChampionDesk>()
            .AddSingleton<AnsweredRows>()
            .AddSingleton<VersionReferences>()
            .AddSingleton<WatchLog>()
            .AddHostedService<WatchFlush>()
            .AddSingleton<RunTexts>()
            .AddSingleton<JudgedTexts>()
            .AddSingleton<HoldoutDecisions>()
            .AddSingleton<HostStarts>()
            .AddSingleton<ProjectLabels>()
            .AddSingleton<FeedbackStore>()
            .AddSingleton<FeedbackUse>()
            .AddSingleton<OpenChoices>()
            .AddSingleton<SuspectsIntake>()
            .AddSingleton<SplitMigration>()
            .AddSingleton<RunStarter>()
            .AddSingleton<RunRemoval>()
            .AddSingleton<RunRetention>()
            .AddSingleton<TerminatedRuns>()
            .AddSingleton<RunReader>()
            .AddSingleton<RefusedDrops>()
            .AddSingleton<DropIntake>()
            .AddSingleton<Lineage>()
            .AddSingleton<ChampionHealth>()
            .AddSingleton<RetrainReasons>()
            .AddSingleton<Outbox>()
            .AddSingleton<Notifier>()
            .AddSingleton<NotificationSender>()
            .AddSingleton<LifecycleTick>()
            .AddSingleton<NightlyRetrain>();
    }

    private static bool IsActivity(Type type) =>
        type is { IsClass: true, IsAbstract: false }
        && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IActivity<,>));
}
