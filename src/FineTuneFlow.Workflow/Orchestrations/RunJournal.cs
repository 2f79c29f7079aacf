using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Durable;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>Keeps a run's record while it goes: the custom status at every change, <c>run.json</c> at every stage.</summary>
internal sealed class RunJournal
{
    private readonly IOrchestrationContext context;
    private RunRecord record;
    private string stage = "";

    public RunJournal(IOrchestrationContext context, RunInput input)
    {
        this.context = context;
        record = new RunRecord
        {
            RunId = input.RunId,
            Project = input.Project,
            Drop = input.Drop,
            Recipe = input.Recipe,
            Trigger = input.Trigger,
            Outcome = RunOutcome.Running,
            StartedAt = context.UtcNow,
        };
    }

    public DateTimeOffset StartedAt => record.StartedAt;

    public ImmutableArray<StageTime> Stages => record.Stages;

    public double SpentUsd => record.SpentUsd;

    /// <summary>What the budget counts: like <see cref="SpentUsd"/>, but simulated work at its list price.</summary>
    public double CountedUsd { get; private set; }

    public async Task EnterAsync(string name)
    {
        stage = name;
        record = record with { Stages = [.. Ended(record.Stages), new StageTime(name, context.UtcNow, null)] };
        Show();
        await context.CallAsync(Steps.RecordRun, record);
    }

    public Task PlannedAsync(RunPlan plan)
    {
        record = record with
        {
            Notes = [.. record.Notes, .. plan.Notes],
            Candidates =
            [
                .. plan.Candidates.Select(c => new CandidateRecord
                {
                    Name = c.Name, Kind = c.Kind, State = CandidateState.Waiting, Provider = c.Provider, Model = c.Model,
                }),
                .. plan.Baselines.Select(b => new CandidateRecord
                {
                    Name = b.Name,
                    Kind = b.Kind == BaselineKind.Linear ? OutcomeKind.LinearBaseline : OutcomeKind.ContainerBaseline,
                    State = CandidateState.Waiting,
                }),
            ],
        };
        Show();
        return Task.CompletedTask;
    }

    public Task QuotedAsync(QuoteSummary quote)
    {
        record = record with { Quote = quote };
        Show();
        return Task.CompletedTask;
    }

    public async Task DecidedAsync(ApprovalDecision decision)
    {
        record = record with { Approval = new ApprovalRecord(decision.Approved, decision.By, context.UtcNow, decision.Comment) };
        await context.CallAsync(Steps.RecordRun, record);
    }

    public void Move(string candidate, CandidateState state) => Change(candidate, c => c with { State = state });

    public void Trained(string candidate, TrainedModel model)
    {
        Spend(model.CostUsd, model.Simulated);
        Change(candidate, c => c with { JobId = model.JobId, TunedModel = model.Model, CostUsd = model.CostUsd, Simulated = model.Simulated });
    }

    public void Judged(string candidate, CandidateScore score)
    {
        Spend(score.CostUsd, score.Simulated);
        Change(candidate, c => c with
        {
            State = CandidateState.Judged,
            Accuracy = score.Accuracy,
            CostUsd = (c.CostUsd ?? 0) + score.CostUsd,
            Simulated = c.Simulated || score.Simulated,
        });
    }

    public void Failed(string candidate, Failure failure) => Change(candidate, c => c with { State = CandidateState.Failed, Failure = failure });

    public void Note(string note) => record = record with { Notes = [.. record.Notes, note] };

    public void CleanedUp(CleanUpResult result)
    {
        Spend(result.HostingUsd, simulated: false);
        record = record with { Notes = [.. record.Notes, .. result.Notes] };
    }

    public void Reported(ComparisonResult comparison, PromotionResult promotion) => record = record with
    {
        Reconciliation = comparison.Reconciliation,
        Verdict = comparison.Verdict,
        Report = comparison.Report,
        Promoted = promotion.Promoted,
    };

    /// <summary>A cancelled run ends as cancelled, also when some candidates were judged before.</summary>
    public void ThrowIfCancelled(IReadOnlyList<CandidateResult> results)
    {
        if (results.FirstOrDefault(r => r.Failure?.Kind is FailureKind.Cancelled or FailureKind.DeadlineExceeded) is { } cancelled && stage == "cancelling")
        {
            throw new FlowException(cancelled.Failure!);
        }
    }

    /// <summary>What waits by a timer looks at once whether it may go on.</summary>
    public void Wake()
    {
        foreach (CandidateRecord candidate in record.Candidates.Where(c => c.State is CandidateState.Training or CandidateState.Waiting))
        {
            var wake = new WakeUp("cancelled");
            switch (candidate.Kind)
            {
                case OutcomeKind.FineTune or OutcomeKind.Continuation when candidate.State == CandidateState.Training:
                    context.SendEvent(Flows.TrainId(record.RunId, candidate.Name), Signals.Wake, wake);
                    context.SendEvent(Flows.MonitorId(record.RunId, candidate.Name), Signals.Wake, wake);
                    break;
                case OutcomeKind.ContainerBaseline:
                    context.SendEvent(Flows.BaselineId(record.RunId, candidate.Name), Signals.Wake, wake);
                    break;
                default:
                    break;
            }
        }
    }

    public async Task EndAsync(RunOutcome outcome, Failure? failure)
    {
        stage = outcome switch
        {
            RunOutcome.Succeeded => "done",
            RunOutcome.PartlyFailed => "done, some candidates failed",
            RunOutcome.Cancelled => "cancelled",
            RunOutcome.Rejected => "not approved",
            _ => "failed",
        };
        record = record with { Outcome = outcome, Failure = failure, EndedAt = context.UtcNow, Stages = Ended(record.Stages) };
        Show();
        await context.CallAsync(Steps.RecordRun, record);
    }

    private ImmutableArray<StageTime> Ended(ImmutableArray<StageTime> stages) =>
        stages is [.. var earlier, { EndedAt: null } last] ? [.. earlier, last with { EndedAt = context.UtcNow }] : stages;

    private void Spend(double usd, bool simulated)
    {
        CountedUsd += usd;
        record = record with { SpentUsd = record.SpentUsd + (simulated ? 0 : usd) };
    }

    private void Change(string candidate, Func<CandidateRecord, CandidateRecord> change)
    {
        record = record with { Candidates = [.. record.Candidates.Select(c => c.Name == candidate ? change(c) : c)] };
        Show();
    }

    private void Show() => context.SetStatus(new RunStatus(record.Project, stage, record.Quote, record.SpentUsd, record.Candidates));
}
