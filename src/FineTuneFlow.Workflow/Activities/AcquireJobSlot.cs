using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Asks for one of the provider's job slots.</summary>
public sealed class AcquireJobSlot(JobSlots slots, IProviders providers, RunGuard guard) : IActivity<JobSlotInput, JobSlot>
{
    public async Task<JobSlot> RunAsync(JobSlotInput input, CancellationToken cancellation)
    {
        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        int place = await slots.AcquireAsync(input.Provider, input.RunId, input.Candidate, cancellation);
        int limit = providers.Get(input.Provider).Facts.MaxJobs;
        return new JobSlot(place < limit, Math.Max(0, place - limit + 1));
    }
}

public sealed record JobSlotInput(string RunId, string Candidate, string Provider);

/// <param name="Granted">A job may be created.</param>
/// <param name="Position">Place among those that wait, from 1; 0 when granted.</param>
public sealed record JobSlot(bool Granted, int Position);
