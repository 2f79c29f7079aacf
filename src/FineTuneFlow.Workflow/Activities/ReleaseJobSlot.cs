using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Gives a job slot back, or leaves the queue.</summary>
public sealed class ReleaseJobSlot(JobSlots slots, IProviders providers) : IActivity<JobSlotInput, ReleasedSlot>
{
    public async Task<ReleasedSlot> RunAsync(JobSlotInput input, CancellationToken cancellation) => new(
        await slots.ReleaseAsync(input.Provider, providers.Get(input.Provider).Facts.MaxJobs, input.RunId, input.Candidate, cancellation));
}

/// <param name="Next">Who may go now; null: nobody waits.</param>
public sealed record ReleasedSlot(JobTicket? Next);
