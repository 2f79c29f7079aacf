using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>Chooses among a job's kept checkpoints by the validation split. Part of <see cref="FineTuneRun"/>'s own code, so it is replayed
/// with it.</summary>
internal sealed class CheckpointTrial(IOrchestrationContext context, string runId, RunJournal journal, DateTimeOffset deadline)
{
    /// <returns>All that were tried, one of them chosen.</returns>
    public async Task<ImmutableArray<CheckpointReport>> ChooseAsync(PlannedCandidate candidate, TrainedModel trained)
    {
        CheckpointPlan plan = await context.CallAsync(Steps.PlanCheckpoints, new PlanCheckpointsInput(runId, candidate, trained.Model));
        if (plan.Checkpoints.Length < 2)
        {
            CurveCheckpoint only = plan.Checkpoints[0];
            journal.Note($"{candidate.Name}: the job kept one checkpoint, the finished model, so there was nothing to choose");
            return [new CheckpointReport(1, only.Step, only.Model, only.ValidLoss, 0, null, Chosen: true)];
        }

        ImmutableArray<CheckpointReport> tried = await EachAsync(
            plan.Checkpoints.Select((one, i) => (Func<Task<CheckpointReport>>)(() => TryAsync(candidate, i + 1, one, plan.Rows))), plan.OneByOne);
        CheckpointReport? best = tried.Where(one => one.Accuracy is not null)
            .OrderByDescending(one => one.Accuracy).ThenBy(one => one.ValidLoss ?? double.MaxValue).ThenBy(one => one.Step).FirstOrDefault();
        if (best is null)
        {
            // Not even the finished model answered: its evaluation will say why.
            best = tried[^1];
        }

        journal.Chosen(candidate.Name, best, tried.Length);
        return [.. tried.Select(one => one with { Chosen = one.Step == best.Step })];
    }

    /// <summary>Asks the others about the holdout as well. They are there to be looked at: one that cannot be asked any more leaves the
    /// judged candidate as it is.</summary>
    /// <returns>The same with their figures.</returns>
    public async Task<ImmutableArray<CheckpointReport>> JudgeOthersAsync(
        PlannedCandidate candidate, ImmutableArray<CheckpointReport> tried, EvaluationPlan holdout, double chosen) =>
        await EachAsync(
            tried.Select(one => (Func<Task<CheckpointReport>>)(() => one switch
            {
                { Chosen: true } => Task.FromResult(one with { HoldoutAccuracy = chosen }),
                { Accuracy: null } => Task.FromResult(one),
                _ => JudgeAsync(candidate, one, holdout),
            })),
            oneByOne: true);

    private async Task<CheckpointReport> JudgeAsync(PlannedCandidate candidate, CheckpointReport one, EvaluationPlan holdout)
    {
        try
        {
            CandidateScore score = await AskAsync(candidate with { Asked = new AskedCheckpoint(one.Step, OnValidation: false) }, one.Model, holdout);
            return one with { HoldoutAccuracy = score.Accuracy };
        }
        catch (StepFailedException error) when (IsItsOwn(error.Failure))
        {
            NoteRefusal(candidate, one, "the holdout", error.Failure);
            return one with { Refusal = error.Failure.Message };
        }
    }

    private async Task<CheckpointReport> TryAsync(PlannedCandidate candidate, int number, CurveCheckpoint one, EvaluationPlan rows)
    {
        try
        {
            CandidateScore score = await AskAsync(candidate with { Asked = new AskedCheckpoint(one.Step, OnValidation: true) }, one.Model, rows);
            return new CheckpointReport(number, one.Step, one.Model, one.ValidLoss, score.Rows, score.Accuracy);
        }
        catch (StepFailedException error) when (IsItsOwn(error.Failure))
        {
            // The others can still be chosen from.
            var refused = new CheckpointReport(number, one.Step, one.Model, one.ValidLoss, 0, null, Refusal: error.Failure.Message);
            NoteRefusal(candidate, refused, "the validation split", error.Failure);
            return refused;
        }
    }

    /// <summary>What one checkpoint meets is said of it alone, unless the run is being stopped.</summary>
    private static bool IsItsOwn(Failure failure) => failure.Kind is not (FailureKind.Cancelled or FailureKind.DeadlineExceeded);

    private void NoteRefusal(PlannedCandidate candidate, CheckpointReport one, string rows, Failure failure) =>
        journal.Note($"{candidate.Name}: checkpoint {one.Number} (step {one.Step}) could not be asked about {rows}: {failure.Message}");

    private async Task<CandidateScore> AskAsync(PlannedCandidate asked, string model, EvaluationPlan rows)
    {
        string instance = Flows.EvaluateId(runId, asked.AnswersAs);
        journal.Asks(instance);
        try
        {
            CandidateScore score = await context.CallAsync(
                Flows.EvaluateCandidate, new EvaluateCandidateInput(runId, asked, model, rows with { Batch = false }, deadline), instance);
            journal.Tried(asked, score);
            return score;
        }
        finally
        {
            journal.Asked(instance);
        }
    }

    private static async Task<ImmutableArray<CheckpointReport>> EachAsync(IEnumerable<Func<Task<CheckpointReport>>> trials, bool oneByOne)
    {
        if (!oneByOne)
        {
            return [.. await Task.WhenAll(trials.Select(trial => trial()))];
        }

        var done = ImmutableArray.CreateBuilder<CheckpointReport>();
        foreach (Func<Task<CheckpointReport>> trial in trials)
        {
            done.Add(await trial());
        }

        return done.ToImmutable();
    }
}
