using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>Keeps a run's record while it goes: the custom status at every change, <c>run.json</c> at every stage.</summary>
internal sealed class RunJournal
{
    private readonly IOrchestrationContext _context;
    private readonly Dictionary<string, double> _counted = [];
    private readonly HashSet<string> _trained = [];
    private readonly HashSet<string> _judged = [];
    private readonly SortedSet<string> _asking = new(StringComparer.Ordinal);
    private RunRecord _record;
    private double _spentUsd;
    private RunStage _stage = RunStage.Starting;
    private string? _waits;

    public RunJournal(IOrchestrationContext context, RunInput input)
    {
        _context = context;
        _record = new RunRecord
        {
            RunId = input.RunId,
            Project = input.Project,
            Drop = input.Drop,
            Recipe = input.Recipe,
            Trigger = input.Trigger,
            Repeats = input.Repeats ?? [],
            Outcome = RunOutcome.Running,
            StartedAt = context.UtcNow,
        };
    }

    public DateTimeOffset StartedAt => _record.StartedAt;

    public ImmutableArray<StageTime> Stages => _record.Stages;

    public double SpentUsd => _record.SpentUsd;

    /// <summary>What the budget counts: like <see cref="SpentUsd"/>, but simulated work at its list price.</summary>
    public double CountedUsd { get; private set; }

    /// <summary>Why the run is to end before its work is done; null: it is not.</summary>
    public Failure? Stopped { get; private set; }

    /// <summary>The verdict is being carried out, or has been: the run can no longer be stopped.</summary>
    public bool IsDecided { get; private set; }

    /// <exception cref="FlowException">The run was stopped: no further stage begins.</exception>
    public Task EnterAsync(RunStage stage)
    {
        ThrowIfStopped();
        IsDecided |= stage == RunStage.Promoting;
        return RecordAsync(stage);
    }

    /// <summary>From now on no stage begins any more.</summary>
    public Task StopAsync(Failure reason)
    {
        Stopped = reason;
        return RecordAsync(RunStage.Cancelling);
    }

    public void ThrowIfStopped()
    {
        if (Stopped is { } reason)
        {
            throw new FlowException(reason);
        }
    }

    private async Task RecordAsync(RunStage stage)
    {
        _stage = stage;
        Tell(StageWords.Of(stage));
        _record = _record with { Stages = [.. Ended(_record.Stages), new StageTime(StageWords.Of(stage), _context.UtcNow, null)] };
        Show();
        await WriteAsync();
    }

    private async Task WriteAsync()
    {
        _record = _record with { Revision = _record.Revision + 1 };
        await _context.CallAsync(Steps.RecordRun, _record);
    }

    public Task PlannedAsync(RunPlan plan)
    {
        _record = _record with
        {
            Notes = [.. _record.Notes, .. plan.Notes],
            Candidates =
            [
                .. plan.Candidates.Select(c => new CandidateRecord
                {
                    Name = c.Name, Kind = c.Kind, State = CandidateState.Waiting, Provider = c.Provider, Model = c.Model,
                }),
                .. plan.Baselines.Select(b => new CandidateRecord
                {
                    Name = b.Name,
                    Kind = b.Champion is not null ? OutcomeKind.Champion : b.Kind.Outcome(),
                    State = CandidateState.Waiting,
                }),
            ],
        };
        Show();
        return Task.CompletedTask;
    }

    public Task QuotedAsync(QuoteSummary quote)
    {
        _record = _record with { Quote = quote };
        Show();
        return Task.CompletedTask;
    }

    public async Task DecidedAsync(ApprovalDecision decision)
    {
        Tell($"quote {(decision.Approved ? "approved" : "rejected")}{(decision.By is null ? "" : $" by {decision.By}")}");
        _record = _record with { Approval = new ApprovalRecord(decision.Approved, decision.By, _context.UtcNow, decision.Comment) };
        await WriteAsync();
    }

    public void Move(string candidate, CandidateState state)
    {
        Tell($"{candidate}: {state.ToString().ToLowerInvariant()}");
        Change(candidate, c => c with { State = state });
    }

    public void Trained(string candidate, TrainedModel model)
    {
        _trained.Add(candidate);
        double paid = model.PaidBy is null ? model.CostUsd : 0;
        Spend(candidate, paid, model.Simulated);
        Tell($"{candidate}: trained as {model.Model} by job {model.JobId}{(model.PaidBy is null ? "" : $" of {model.PaidBy}")}");
        Change(candidate, c => c with { JobId = model.JobId, TunedModel = model.Model, CostUsd = paid, Simulated = model.Simulated });
        if (model.PaidBy is { } earlier)
        {
            Note($"{candidate}: the job {model.JobId} of {earlier} was adopted; nothing was paid for training it again");
        }

        if (model.TokensEstimated)
        {
            Note($"{candidate}: the service does not say how many tokens it trained on; {model.TrainedTokens:N0} and their price are the quote's estimate");
        }
    }

    public void Judged(string candidate, CandidateScore score)
    {
        _judged.Add(candidate);
        Tell($"{candidate}: judged on {score.Rows} rows");
        double paid = score.CostUsd - score.PaidBeforeUsd;
        Spend(candidate, paid, score.Simulated);
        if (score.PaidBefore > 0)
        {
            Note($"{candidate}: {score.PaidBefore:N0} of {score.Rows:N0} answers are those of an earlier run and were not paid for again");
        }

        if (score.MadeBy is { } earlier)
        {
            Note($"{candidate}: what the container of {earlier} has made was adopted; nothing was paid for training it again");
        }

        Change(candidate, c => c with
        {
            State = CandidateState.Judged,
            Accuracy = score.Accuracy,
            UsdPerThousand = score is { CostUsd: > 0, Rows: > 0 } ? score.CostUsd / score.Rows * 1000 : null,
            CostUsd = (c.CostUsd ?? 0) + paid,
            Simulated = c.Simulated || score.Simulated,
        });
    }

    /// <summary>An instance that asks a checkpoint: a cancellation must reach it too.</summary>
    public void Asks(string instance) => _asking.Add(instance);

    public void Asked(string instance) => _asking.Remove(instance);

    /// <summary>A checkpoint was asked: its cost is the candidate's.</summary>
    public void Tried(PlannedCandidate asked, CandidateScore score)
    {
        _judged.Add(asked.AnswersAs);
        double paid = score.CostUsd - score.PaidBeforeUsd;
        Spend(asked.Name, paid, score.Simulated);
        Tell($"{asked.Name}: checkpoint of step {asked.Asked!.Step} asked about {score.Rows} rows");
        Change(asked.Name, c => c with { CostUsd = (c.CostUsd ?? 0) + paid });
    }

    public void Chosen(string candidate, CheckpointReport best, int among)
    {
        string of = $"{candidate}: checkpoint {best.Number} of {among} (step {best.Step})";
        Note(best.Accuracy is { } accuracy
            ? $"{of} is the best on {best.Rows} validation rows, right in {accuracy * 100:0.0} % of them, and is judged on the holdout"
            : $"{of} is judged on the holdout, as none could be asked about the validation split");
        Tell($"{of} was chosen");
        Change(candidate, c => c with { TunedModel = best.Model });
    }

    public void Failed(string candidate, Failure failure)
    {
        Tell($"{candidate}: failed ({failure.Kind}): {failure.Message}");
        Change(candidate, c => c with { State = CandidateState.Failed, Failure = failure });
    }

    /// <summary>Shows what the stage waits for; null: nothing any more.</summary>
    public void Wait(string? what)
    {
        _waits = what;
        Tell(what is null ? $"{StageWords.Of(_stage)} goes on" : $"{StageWords.Of(_stage)}: {what}");
        Show();
    }

    public void Note(string note) => _record = _record with { Notes = [.. _record.Notes, note] };

    /// <summary>Whose cost is counted already when a run is cleaned up.</summary>
    public CleanUpInput ToCleanUp => new(_record.RunId, [.. _trained.Order(StringComparer.Ordinal)], [.. _judged.Order(StringComparer.Ordinal)]);

    /// <summary>May come twice (a run that fails after its clean-up): the later one holds all.</summary>
    public void CleanedUp(CleanUpResult result)
    {
        foreach (LateCost late in result.Costs)
        {
            double before = _counted.GetValueOrDefault(late.Candidate);
            Change(late.Candidate, c => c with { CostUsd = before + late.Usd, Simulated = c.Simulated || late.Simulated });
        }

        _record = _record with
        {
            SpentUsd = _spentUsd + result.Costs.Where(c => !c.Simulated).Sum(c => c.Usd),
            Notes = [.. _record.Notes, .. result.Notes.Except(_record.Notes)],
        };
    }

    public void Reported(ComparisonResult comparison, PromotionResult promotion) => _record = _record with
    {
        Reconciliation = comparison.Reconciliation,
        Verdict = comparison.Verdict,
        Headline = comparison.Headline,
        Report = comparison.Report,
        Promoted = promotion.Promoted,
        Notes = promotion.Note is { } note ? [.. _record.Notes, note] : _record.Notes,
    };

    /// <summary>What waits by a timer looks at once whether it may go on.</summary>
    public void Wake()
    {
        foreach (string instance in _asking)
        {
            _context.SendEvent(instance, Signals.Wake, new WakeUp(WakeUp.Cancelled));
        }

        foreach (CandidateRecord candidate in _record.Candidates)
        {
            foreach (string instance in WaitingInstances.Of(_record.RunId, candidate))
            {
                _context.SendEvent(instance, Signals.Wake, new WakeUp(WakeUp.Cancelled));
            }
        }
    }

    public async Task EndAsync(RunOutcome outcome, Failure? failure)
    {
        _stage = StageWords.After(outcome);
        Tell(failure is null ? StageWords.Of(_stage) : $"{StageWords.Of(_stage)} ({failure.Kind}): {failure.Message}");
        _record = _record with { Outcome = outcome, Failure = failure, EndedAt = _context.UtcNow, Stages = Ended(_record.Stages) };
        Show();
        await WriteAsync();
    }

    private ImmutableArray<StageTime> Ended(ImmutableArray<StageTime> stages) =>
        stages is [.. var earlier, { EndedAt: null } last] ? [.. earlier, last with { EndedAt = _context.UtcNow }] : stages;

    private void Spend(string candidate, double usd, bool simulated)
    {
        CountedUsd += usd;
        _counted[candidate] = _counted.GetValueOrDefault(candidate) + usd;
        _spentUsd += simulated ? 0 : usd;
        _record = _record with { SpentUsd = _spentUsd };
    }

    private void Change(string candidate, Func<CandidateRecord, CandidateRecord> change)
    {
        _record = _record with { Candidates = [.. _record.Candidates.Select(c => c.Name == candidate ? change(c) : c)] };
        Show();
    }

    /// <summary>One line a stage and decision, once each however often the code is replayed.</summary>
    private void Tell(string what) => _context.Logger("FineTuneFlow.Runs").LogInformation("{RunId}: {What}", _record.RunId, what);

    private void Show() => _context.SetStatus(RunStatus.Of(_record, _stage, _waits));
}
