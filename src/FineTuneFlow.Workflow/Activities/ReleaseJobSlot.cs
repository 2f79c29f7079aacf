using FineTuneFlow.Workflow.Durable;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Gives a job slot back, or leaves the queue.</summary>
public sealed class ReleaseJobSlot(JobSlots slots) : IActivity<JobSlotInput, Unit>
{
    public async Task<Unit> RunAsync(JobSlotInput input, CancellationToken cancellation)
    {
        await slots.ReleaseAsync(input.Provider, input.RunId, input.Candidate, cancellation);
        return Unit.Value;
    }
}
