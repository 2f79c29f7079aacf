using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
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
    public async Task<ImmutableArray<TriedCheckpoint>> ChooseAsync(PlannedCandidate candidate, TrainedModel trained)
    {
        CheckpointPlan plan = await context.CallAsync(Steps.PlanCheckpoints, new PlanCheckpointsInput(runId, candidate, trained.Model));
        if (plan.Checkpoints.Length < 2)
        {
            CurveCheckpoint only = plan.Checkpoints[0];
            journal.Note($"{candidate.Name}: the job kept one checkpoint, the finished model, so there was nothing to choose");
            return [new TriedCheckpoint(1, only.Step, only.Model, only.ValidLoss, 0, null, Chosen: true)];
        }

        ImmutableArray<TriedCheckpoint> tried = await EachAsync(
            plan.Checkpoints.Select((one, i) => (Func<Task<TriedCheckpoint>>)(() => TryAsync(candidate, i + 1, one, plan.Rows))), plan.OneByOne);
        TriedCheckpoint? best = tried.Where(one => one.Accuracy is not null)
            .OrderByDescending(one => one.Accuracy).ThenBy(one => one.ValidLoss ?? double.MaxValue).ThenBy(one => one.Step).FirstOrDefault();
        if (best is null)
        {
            // Not even the finished model answered: its evaluation will say why.
            best = tried[^1];
        }

        journal.Chosen(candidate.Name, best, tried.Length);
        return [.. tried.Select(one => one with { Chosen = one.Step == best.Step })];
    }

    /// <summary>Asks the others about the holdout as well.</summary>
    /// <returns>The same with their figures.</returns>
    public async Task<ImmutableArray<TriedCheckpoint>> JudgeOthersAsync(
        PlannedCandidate candidate, ImmutableArray<TriedCheckpoint> tried, EvaluationPlan holdout, double chosen) =>
        await EachAsync(
            tried.Select(one => (Func<Task<TriedCheckpoint>>)(async () => one switch
            {
                { Chosen: true } => one with { HoldoutAccuracy = chosen },
                { Accuracy: null } => one,
                _ => one with { HoldoutAccuracy = (await AskAsync(candidate with { Asked = new AskedCheckpoint(one.Step, OnValidation: false) }, one.Model, holdout)).Accuracy },
            })),
            oneByOne: true);

    private async Task<TriedCheckpoint> TryAsync(PlannedCandidate candidate, int number, CurveCheckpoint one, EvaluationPlan rows)
    {
        try
        {
            CandidateScore score = await AskAsync(candidate with { Asked = new AskedCheckpoint(one.Step, OnValidation: true) }, one.Model, rows);
            return new TriedCheckpoint(number, one.Step, one.Model, one.ValidLoss, score.Rows, score.Accuracy);
        }
        catch (StepFailedException error) when (error.Failure.Kind is FailureKind.NotFound or FailureKind.InvalidInput or FailureKind.JobFailed)
        {
            // This one is not served (any more): the others can still be chosen from.
            journal.Note($"{candidate.Name}: checkpoint {number} (step {one.Step}) could not be asked: {error.Failure.Message}");
            return new TriedCheckpoint(number, one.Step, one.Model, one.ValidLoss, 0, null, Refusal: error.Failure.Message);
        }
    }

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

    private static async Task<ImmutableArray<TriedCheckpoint>> EachAsync(IEnumerable<Func<Task<TriedCheckpoint>>> trials, bool oneByOne)
    {
        if (!oneByOne)
        {
            return [.. await Task.WhenAll(trials.Select(trial => trial()))];
        }

        var done = ImmutableArray.CreateBuilder<TriedCheckpoint>();
        foreach (Func<Task<TriedCheckpoint>> trial in trials)
        {
            done.Add(await trial());
        }

        return done.ToImmutable();
    }
}

/// <param name="Number">From 1, by step.</param>
/// <param name="Step">At which it was taken.</param>
/// <param name="Model">Its id.</param>
/// <param name="ValidLoss">As the job tells.</param>
/// <param name="Rows">Of the validation split.</param>
/// <param name="Accuracy">On these; null: it could not be asked, or there was nothing to choose.</param>
/// <param name="Chosen">It stands for the candidate.</param>
/// <param name="HoldoutAccuracy">Null where it was not judged.</param>
/// <param name="Refusal">Why it could not be asked.</param>
public sealed record TriedCheckpoint(
    int Number, int Step, string Model, double? ValidLoss, int Rows, double? Accuracy, bool Chosen = false, double? HoldoutAccuracy = null, string? Refusal = null);
