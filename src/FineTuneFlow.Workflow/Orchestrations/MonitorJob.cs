using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>Waits for a job to end, for hours, holding nothing: a durable timer with back-off, woken early by a webhook or a
/// cancellation; begins anew now and then so that its history stays short.</summary>
public static class MonitorJob
{
    private const int PollsPerExecution = 25;
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromMinutes(2);

    public static async Task<MonitoredJob> RunAsync(IOrchestrationContext context, MonitorJobInput input)
    {
        TimeSpan interval = input.Interval ?? FirstInterval;
        DateTimeOffset? missingSince = input.MissingSince;
        for (int poll = 0; poll < PollsPerExecution; poll++)
        {
            JobProgress progress = await context.CallPatientlyAsync(
                Steps.PollJob, new PollJobInput(input.RunId, input.Candidate, input.Provider, input.JobId), input.Provider, input.Deadline);
            context.SetStatus(new CandidateProgress(progress.State, progress.Step, progress.TotalSteps, progress.Ended ? null : context.UtcNow + interval));
            if (progress.Ended)
            {
                return new MonitoredJob(progress.Failure);
            }

            missingSince = progress.Missing is null ? null : missingSince ?? context.UtcNow;
            if (context.UtcNow - missingSince >= LongWaits.ShowingTime)
            {
                return new MonitoredJob(progress.Missing);
            }

            if (await context.WaitForEvent(Signals.Wake, context.UtcNow + interval) is not null)
            {
                interval = FirstInterval;
            }

            interval = Min(interval * 1.5, MaxInterval);
        }

        context.ContinueAsNew(input with { Interval = interval, MissingSince = missingSince });
        return new MonitoredJob(null);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

/// <param name="Provider">Where the job runs.</param>
/// <param name="Interval">Wait before the next look, carried over a new beginning.</param>
/// <param name="Deadline">Of the run; null: it is not known here.</param>
/// <param name="MissingSince">Since when the service has not known the job, carried over a new beginning; null: it shows it.</param>
public sealed record MonitorJobInput(
    string RunId, string Candidate, string Provider, string JobId, TimeSpan? Interval = null, DateTimeOffset? Deadline = null, DateTimeOffset? MissingSince = null);

/// <param name="Failure">Why there is no model; null: the job succeeded.</param>
public sealed record MonitoredJob(Failure? Failure);
