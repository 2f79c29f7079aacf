using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>One execution of a recipe on a drop, from the CSV to the verdict.</summary>
public static class FineTuneRun
{
    public static async Task<RunResult> RunAsync(IOrchestrationContext context, RunInput input)
    {
        var journal = new RunJournal(context, input);
        using var workEnded = new CancellationTokenSource();
        using var stop = new CancellationTokenSource();
        Task<RunResult> work = Work(context, input, journal, stop.Token);
        Task<CancelRequest> cancel = context.WaitForEvent(Signals.Cancel, workEnded.Token);
        Task deadline = context.DelayUntil(context.UtcNow.AddHours(input.DeadlineHours), workEnded.Token);

        Task first = await Task.WhenAny(work, cancel, deadline);
        if (first != work && journal.IsDecided)
        {
            // Half a promotion would be worse than a late one: the run ends as it would have.
            journal.Note(first == cancel
                ? $"The cancellation{By(await cancel)} came too late: the verdict was already being carried out"
                : "The deadline passed while the verdict was being carried out");
        }
        else if (first != work)
        {
            Failure reason = first == cancel
                ? new Failure(FailureKind.Cancelled, $"The run was cancelled{By(await cancel)}", "Start it again with rerun")
                : new Failure(
                    FailureKind.DeadlineExceeded,
                    $"The run passed its deadline of {input.DeadlineHours:0.##} hours",
                    "Raise deadlineHours in the recipe and rerun");
            await journal.StopAsync(reason);
            // The mark first: what is woken looks for it.
            await context.CallAsync(Steps.CancelRun, new CancelRunInput(input.RunId, reason));
            stop.Cancel();
            journal.Wake();
        }

        workEnded.Cancel();
        try
        {
            return await work;
        }
        catch (Exception error) when (error is FlowException or StepFailedException or OperationCanceledException)
        {
            // Whatever came of the stopping, the run has ended because it was stopped.
            Failure failure = journal.Stopped ?? (error as FlowException)?.Failure ?? ((StepFailedException)error).Failure;
            await CleanUp(context, journal);
            await journal.EndAsync(OutcomeOf(failure), failure);
            throw new FlowException(failure);
        }
    }

    private static async Task<RunResult> Work(IOrchestrationContext context, RunInput input, RunJournal journal, CancellationToken stop)
    {
        await journal.EnterAsync(RunStage.Planning);
        RunPlan plan = await context.CallAsync(Steps.PreparePlan, input);
        await journal.PlannedAsync(plan);

        await journal.EnterAsync(RunStage.Preparing);
        PreparedData data = await context.CallAsync(Steps.PrepareDataset, new PrepareDatasetInput(input, plan));

        await journal.EnterAsync(RunStage.Quoting);
        QuoteSummary quote = await context.CallAsync(Steps.QuoteRun, new QuoteRunInput(input.RunId, input.Project, plan));
        await journal.QuotedAsync(quote);
        if (quote.LowUsd > plan.BudgetUsd)
        {
            throw new FlowException(
                FailureKind.BudgetExceeded,
                $"The run would cost at least {quote.LowUsd:0.00####} USD; the budget is {plan.BudgetUsd:0.00####} USD",
                "Raise budget.usd, or train fewer or cheaper candidates");
        }

        if (quote.NeedsApproval)
        {
            await Approve(context, plan, quote, journal, stop);
        }

        await journal.EnterAsync(RunStage.Training);
        EvaluationPlan evaluation = await context.CallAsync(Steps.PlanEvaluation, new PlanEvaluationInput(input.RunId));
        var candidates = new CandidateRuns(context, input, plan, data, quote, evaluation, journal, stop);
        CandidateResult[] results = await candidates.AllAsync();
        journal.ThrowIfStopped();

        await journal.EnterAsync(RunStage.Comparing);
        ComparisonResult comparison = await context.CallAsync(
            Steps.Compare, new CompareInput(input, plan, [.. results], journal.Stages, journal.StartedAt, context.UtcNow));

        await journal.EnterAsync(RunStage.Promoting);
        PromotionResult promotion = await context.CallAsync(Steps.Promote, new PromoteInput(input, comparison.Promote, plan.Champion?.Version ?? 0, comparison.Headline, comparison.RunnerUp));

        await journal.EnterAsync(RunStage.CleaningUp);
        await CleanUp(context, journal);

        RunOutcome outcome = results.Any(r => r.Failure is not null) ? RunOutcome.PartlyFailed : RunOutcome.Succeeded;
        if (results.All(r => r.Failure is not null || r.IsBaseline) && results.FirstOrDefault(r => r.Failure is not null) is { } failed)
        {
            // Baselines alone are not an answer to what was asked: the run has failed, though its report stands.
            journal.Reported(comparison, promotion);
            throw new FlowException(failed.Failure!);
        }

        journal.Reported(comparison, promotion);
        await journal.EndAsync(outcome, null);
        return new RunResult(outcome, comparison.Verdict, comparison.Report, journal.SpentUsd, comparison.Headline, promotion.Promoted);
    }

    private static async Task Approve(
        IOrchestrationContext context, RunPlan plan, QuoteSummary quote, RunJournal journal, CancellationToken stop)
    {
        await journal.EnterAsync(RunStage.WaitingForApproval);
        ApprovalDecision? decision = await context.WaitForEvent(Signals.Approval, context.UtcNow.AddHours(plan.ApprovalHours), stop);
        if (decision is not { Approved: true })
        {
            string why = decision is null ? $"was not answered within {plan.ApprovalHours:0.##} hours" : "was rejected";
            await journal.DecidedAsync(decision ?? new ApprovalDecision(false, Comment: "no answer"));
            throw new FlowException(
                FailureKind.ApprovalDenied,
                $"The quote of up to {quote.HighUsd:0.00} USD {why}; nothing was spent",
                "Rerun and approve it, or raise budget.approveAbove");
        }

        await journal.DecidedAsync(decision);
    }

    /// <summary>Nothing that still costs is left behind; a clean-up that fails must not hide the run's own end.</summary>
    private static async Task CleanUp(IOrchestrationContext context, RunJournal journal)
    {
        try
        {
            journal.CleanedUp(await context.CallAsync(Steps.CleanUp, journal.ToCleanUp));
        }
        catch (StepFailedException error)
        {
            journal.Note($"Cleaning up at the providers failed: {error.Failure}");
        }
    }

    private static string By(CancelRequest request) =>
        (request.By is null ? "" : $" by {request.By}") + (request.Reason is null ? "" : $" ({request.Reason})");

    /// <summary>What a run comes to that has failed with this.</summary>
    internal static RunOutcome OutcomeOf(Failure failure) => failure.Kind switch
    {
        FailureKind.Cancelled => RunOutcome.Cancelled,
        FailureKind.ApprovalDenied => RunOutcome.Rejected,
        _ => RunOutcome.Failed,
    };
}
