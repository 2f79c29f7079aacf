using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Asks for one of the provider's job slots. A delivery that comes when the training is over takes none: nobody would give it
/// back.</summary>
public sealed class AcquireJobSlot(IBlobStore store, JobSlots slots, IProviders providers, RunGuard guard) : IActivity<JobSlotInput, JobSlot>
{
    public async Task<JobSlot> RunAsync(JobSlotInput input, CancellationToken cancellation)
    {
        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        int place = await slots.AcquireAsync(input.Provider, input.RunId, input.Candidate, cancellation);
        int limit = providers.Get(input.Provider).Facts.MaxJobs;
        // After it was taken: what ends from here on gives it back by itself.
        if (await EndAsync(input, cancellation) is { } end)
        {
            await slots.ReleaseAsync(input.Provider, limit, input.RunId, input.Candidate, cancellation);
            throw new FlowException(end);
        }

        return new JobSlot(place < limit, Math.Max(0, place - limit + 1));
    }

    /// <returns>Null: the candidate is still to be trained, or is being trained.</returns>
    private async Task<Failure?> EndAsync(JobSlotInput input, CancellationToken cancellation)
    {
        if (await guard.CancellationAsync(input.RunId, cancellation) is { } cancelled)
        {
            return cancelled;
        }

        return await store.FindJsonAsync<ProviderJob>(RunPaths.Job(input.RunId, input.Candidate), cancellation) is { Value.HasEnded: true }
            || await store.FindJsonAsync<RunRecord>(RunPaths.Record(input.RunId), cancellation) is { Value.EndedAt: not null }
            ? new Failure(FailureKind.Conflict, $"The training of {input.Candidate} is over", "Rerun to train it again")
            : null;
    }
}

public sealed record JobSlotInput(string RunId, string Candidate, string Provider);

/// <param name="Granted">A job may be created.</param>
/// <param name="Position">Place among those that wait, from 1; 0 when granted.</param>
public sealed record JobSlot(bool Granted, int Position);
