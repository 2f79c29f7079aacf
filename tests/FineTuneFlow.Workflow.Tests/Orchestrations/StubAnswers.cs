using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

/// <summary>What every step answers when all goes well, for a run with a fine-tune, a linear model and a container.</summary>
internal static class StubAnswers
{
    public const string RunId = "stubs-0123456789";
    public const string Provider = "service";

    private static readonly BlobRef Blob = new("runs/a/file.json", "00", 1);

    public static RunInput Input { get; } = new(RunId, "stubs", Blob, Blob, 72, "http");

    public static PlannedCandidate A { get; } = Candidate("a");

    public static RunPlan Plan { get; } = new(
        [A], [new PlannedBaseline("linear", BaselineKind.Linear), new PlannedBaseline("own", BaselineKind.Container)], [], 100, 24);

    public static QuoteSummary Quote { get; } = new(
        0, 1, 2, ImmutableSortedDictionary<string, double>.Empty, false, 2, ImmutableSortedDictionary<string, double>.Empty);

    public static EvaluationPlan Evaluation { get; } = new("runs/a/dataset/test.jsonl", 20, 2, 10, false);

    public static PlannedCandidate Candidate(string name, string? continueFrom = null) => new(
        name, continueFrom is null ? OutcomeKind.FineTune : OutcomeKind.Continuation, Provider, "gpt-4.1-mini", continueFrom, null, "chat", null);

    public static CandidateScore Score(string name, OutcomeKind kind) => new(name, kind, 20, 0.8, 0, 100, 20, 0.25, false);

    /// <summary>Steps that look first whether their run was cancelled.</summary>
    public static bool Spends(string step) => step
        is nameof(UploadFile) or nameof(SubmitJob) or nameof(DeployModel) or nameof(EvaluateChunk) or nameof(SubmitBatch) or nameof(PollBatch) or nameof(StartContainer);

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, FlowJson.Compact);

    public static Dictionary<string, Func<string, Task<string>>> Make()
    {
        var answers = new Dictionary<string, Func<string, Task<string>>>();
        Add(Steps.PreparePlan, _ => Plan);
        Add(Steps.PrepareDataset, _ => new PreparedData([new DatasetFile("chat", Split.Train, Blob), new DatasetFile("chat", Split.Validation, Blob)], 60, 20, 20));
        Add(Steps.QuoteRun, _ => Quote);
        Add(Steps.RecordRun, _ => Unit.Value);
        Add(Steps.SelectNewRows, input => input.All);
        Add(Steps.UploadFile, input => new UploadedFile(input.RunId, input.Provider, $"file-{input.File.Split}"));
        Add(Steps.CheckFile, _ => new FileReadiness(true));
        Add(Steps.AcquireJobSlot, _ => new JobSlot(true, 0));
        Add(Steps.ReleaseJobSlot, _ => new ReleasedSlot(null));
        Add(Steps.SubmitJob, input => new SubmittedJob($"job-{input.Candidate.Name}", null));
        Add(Steps.PollJob, _ => new JobProgress("succeeded", null, null, true, null));
        Add(Steps.CollectResults, input => new TrainedModel($"ft:{input.Candidate.Name}", input.JobId, 1_000, 0.5, false, TimeSpan.FromHours(1)));
        Add(Steps.PlanCheckpoints, input => new CheckpointPlan([new CurveCheckpoint(10, $"{input.Model}:step-10", 0.9), new CurveCheckpoint(20, input.Model, 0.8)], Evaluation, false));
        Add(Steps.PlanEvaluation, _ => Evaluation);
        Add(Steps.DeployModel, input => new DeployedModel($"{input.RunId}-{input.Candidate}", true));
        Add(Steps.RemoveDeployment, _ => Unit.Value);
        Add(Steps.SubmitBatch, input => new SubmittedBatch($"batch-{input.Part}"));
        Add(Steps.PollBatch, _ => new BatchProgress("completed", 20, 20, true));
        Add(Steps.CollectBatch, _ => Unit.Value);
        Add(Steps.EvaluateChunk, input => new ChunkResult(input.Chunk));
        Add(Steps.ScoreCandidate, input => Score(input.Candidate.Name, input.Candidate.Kind));
        Add(Steps.TrainLinearBaseline, input => Score(input.Name, OutcomeKind.LinearBaseline));
        Add(Steps.JudgeOwnChampion, input => Score(input.Name, OutcomeKind.Champion));
        Add(Steps.StartContainer, _ => new ContainerStep("execution-1", "starting", null, null, false, null));
        Add(Steps.PollContainer, input => new ContainerStep(input.ExecutionId!, "succeeded", null, null, true, null));
        Add(Steps.CollectContainer, input => Score(input.Baseline, OutcomeKind.ContainerBaseline));
        Add(Steps.Compare, _ => new ComparisonResult(
            new Reconciliation { Candidates = [], QuotedUsd = new Estimate(0, 1, 2), ActualUsd = 1 }, Blob, "Use a.", "a", "a is better"));
        Add(Steps.Promote, input => new PromotionResult(input.Candidate));
        Add(Steps.CleanUp, _ => new CleanUpResult([], []));
        Add(Steps.KeepServing, _ => new ServingProgress(0, false));
        return answers;

        void Add<TIn, TOut>(ActivityName<TIn, TOut> step, Func<TIn, TOut> answer) =>
            answers[step.Name] = input => Task.FromResult(Write(answer(JsonSerializer.Deserialize<TIn>(input, FlowJson.Compact)!)));
    }
}
