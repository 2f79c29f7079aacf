using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Looks how far a job is, and cancels it when its run was cancelled.</summary>
public sealed class PollJob(IBlobStore store, IProviders providers, RunGuard guard, TimeProvider time) : IActivity<PollJobInput, JobProgress>
{
    /// <summary>How long a service may take to name the model of a job that it calls succeeded.</summary>
    private static readonly TimeSpan NamingTime = TimeSpan.FromMinutes(15);

    public async Task<JobProgress> RunAsync(PollJobInput input, CancellationToken cancellation)
    {
        IFineTuningProvider provider = providers.Get(input.Provider);
        ProviderJob? shown = await provider.GetJobAsync(input.JobId, cancellation);
        Failure? cancelled = await guard.CancellationAsync(input.RunId, cancellation);
        if (shown is not { } job)
        {
            return new JobProgress($"not shown by {input.Provider} yet", null, null, cancelled is not null, cancelled, Gone(input));
        }

        if (cancelled is not null && !job.HasEnded)
        {
            job = await provider.CancelJobAsync(input.JobId, cancellation);
        }

        // The job as the service tells it, beside the run: the audit does not depend on how long the service keeps it.
        await store.WriteJsonAsync(RunPaths.Job(input.RunId, input.Candidate), job, cancellation: cancellation);
        (int? step, int? total) = job.State == JobState.Running ? await StepsOf(provider, input.JobId, cancellation) : (null, null);
        if (job is { State: JobState.Succeeded, TunedModel: null } && cancelled is null && time.GetUtcNow() - job.FinishedAt < NamingTime)
        {
            return new JobProgress("succeeded, its model is not named yet", null, null, false, null);
        }

        return new JobProgress(job.RawState, step, total, job.HasEnded, job.HasEnded ? cancelled ?? FailureOf(job, input) : null);
    }

    /// <summary>Whoever waits decides how long the service may take to show it.</summary>
    private static Failure Gone(PollJobInput input) => new(
        FailureKind.JobFailed, $"{input.Provider} does not know the job {input.JobId}", "Look at the provider's own console; rerun to train again");

    private static async Task<(int? Step, int? Total)> StepsOf(IFineTuningProvider provider, string jobId, CancellationToken cancellation)
    {
        IReadOnlyList<JobEvent> events = await provider.GetEventsAsync(jobId, cancellation);
        // By step and not by time: services list the events of one second in any order, and progress never goes back.
        JobEvent? last = events.MaxBy(e => e.Step);
        return (last?.Step, last?.TotalSteps);
    }

    private static Failure? FailureOf(ProviderJob job, PollJobInput input) => job.State switch
    {
        JobState.Failed => new Failure(
            FailureKind.JobFailed,
            $"{input.Provider} ended the job {job.Id} with {job.ErrorCode ?? "an error"}: {job.ErrorMessage ?? "no message"}",
            job.ErrorCode is "invalid_training_file" or "invalid_file_format"
                ? "Correct the rows that the message names and drop the file again"
                : "The run's other candidates go on; rerun to train this one again"),
        JobState.Cancelled => new Failure(FailureKind.JobFailed, $"The job {job.Id} was cancelled at {input.Provider}", "Rerun to train again"),
        JobState.Succeeded when job.TunedModel is null => new Failure(
            FailureKind.JobFailed, $"The job {job.Id} succeeded without naming a model", "The service withheld the model (its safety checks may have failed); look at its events"),
        _ => null,
    };
}

public sealed record PollJobInput(string RunId, string Candidate, string Provider, string JobId);

/// <param name="State">The service's word.</param>
/// <param name="Step">While it runs.</param>
/// <param name="TotalSteps">While it runs.</param>
/// <param name="Ended">No further change is to come.</param>
/// <param name="Failure">Ended without a model.</param>
/// <param name="Missing">What to tell where the service goes on not knowing the job; null: it shows it.</param>
public sealed record JobProgress(string State, int? Step, int? TotalSteps, bool Ended, Failure? Failure, Failure? Missing = null);
