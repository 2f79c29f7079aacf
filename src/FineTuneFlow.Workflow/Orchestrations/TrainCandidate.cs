using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>One candidate's job: a slot in the provider's queue, create or adopt, wait, results.</summary>
public static class TrainCandidate
{
    public static async Task<TrainedModel> RunAsync(IOrchestrationContext context, TrainCandidateInput input)
    {
        var slot = new JobSlotInput(input.RunId, input.Candidate.Name, input.Candidate.Provider);
        await WaitForSlot(context, slot);
        try
        {
            SubmittedJob job = await Submit(context, input);
            MonitoredJob ended = await context.CallAsync(
                Flows.MonitorJob,
                new MonitorJobInput(input.RunId, input.Candidate.Name, input.Candidate.Provider, job.JobId, Deadline: input.Deadline),
                Flows.MonitorId(input.RunId, input.Candidate.Name));
            if (ended.Failure is not null)
            {
                throw new FlowException(ended.Failure);
            }

            return await context.CallPatientlyAsync(
                Steps.CollectResults, new CollectResultsInput(input.RunId, input.Candidate, job.JobId, job.PaidBy), input.Candidate.Provider, input.Deadline);
        }
        finally
        {
            // The next one in the queue looks by a timer as well; woken, it does not leave the slot idle until then.
            if ((await context.CallAsync(Steps.ReleaseJobSlot, slot)).Next is { } next)
            {
                context.SendEvent(Flows.TrainId(next.RunId, next.Candidate), Signals.Wake, new WakeUp("a job slot is free"));
            }
        }
    }

    /// <summary>Services run few jobs at once: runs queue for a slot instead of being refused.</summary>
    private static async Task WaitForSlot(IOrchestrationContext context, JobSlotInput input)
    {
        TimeSpan wait = TimeSpan.FromSeconds(2);
        while (true)
        {
            JobSlot slot = await context.CallAsync(Steps.AcquireJobSlot, input);
            if (slot.Granted)
            {
                return;
            }

            context.SetStatus(new CandidateProgress("queued", slot.Position, null));
            await context.WaitForEvent(Signals.Wake, context.UtcNow + wait);
            wait = TimeSpan.FromSeconds(Math.Min(60, wait.TotalSeconds * 1.5));
        }
    }

    private static async Task<SubmittedJob> Submit(IOrchestrationContext context, TrainCandidateInput input)
    {
        TimeSpan wait = TimeSpan.FromSeconds(5);
        while (true)
        {
            SubmittedJob job = await context.CallPatientlyAsync(
                Steps.SubmitJob,
                new SubmitJobInput(input.RunId, input.Candidate, input.ContinueModel, input.Files),
                input.Candidate.Provider,
                input.Deadline);
            switch (job.Refusal?.Kind)
            {
                case null:
                    return job;
                case FailureKind.DailyCapReached:
                    // A day's cap is not congestion: nothing is gained by asking before the next day begins.
                    context.SetStatus(new CandidateProgress("waiting for the provider's next day", null, null));
                    await context.WaitForEvent(Signals.Wake, NextDay(context.UtcNow, job.Refusal.RetryAfter));
                    break;
                default:
                    // Jobs from elsewhere hold the provider's slots.
                    context.SetStatus(new CandidateProgress("waiting for a job slot", null, null));
                    await context.WaitForEvent(Signals.Wake, context.UtcNow + wait);
                    wait = TimeSpan.FromSeconds(Math.Min(300, wait.TotalSeconds * 2));
                    break;
            }
        }
    }

    private static DateTimeOffset NextDay(DateTimeOffset now, TimeSpan? told) =>
        told is { } wait ? now + wait : new DateTimeOffset(now.UtcDateTime.Date.AddDays(1).AddMinutes(1), TimeSpan.Zero);
}

/// <param name="Candidate">As planned.</param>
/// <param name="ContinueModel">Tuned model to go on from; null: the base model.</param>
/// <param name="Files">At the provider.</param>
/// <param name="Deadline">Of the run; null: it is not known here.</param>
public sealed record TrainCandidateInput(
    string RunId, PlannedCandidate Candidate, string? ContinueModel, TrainingFiles Files, DateTimeOffset? Deadline = null);

/// <summary>Custom status of what works for one candidate.</summary>
/// <param name="State">For a person.</param>
/// <param name="Done">Steps or chunks done, or the place in a queue.</param>
/// <param name="Total">Of how many.</param>
/// <param name="NextLookAt">When the service is asked again at the latest; null: nothing is waited for there.</param>
public sealed record CandidateProgress(string State, int? Done, int? Total, DateTimeOffset? NextLookAt = null);
