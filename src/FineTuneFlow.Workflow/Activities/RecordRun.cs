using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Writes <c>run.json</c> at every stage.</summary>
public sealed class RecordRun(RunRecords records, FlowTelemetry telemetry, Notifier notifier) : IActivity<RunRecord, Unit>
{
    public async Task<Unit> RunAsync(RunRecord input, CancellationToken cancellation)
    {
        await records.WriteAsync(input, cancellation);
        if (input.EndedAt is not null)
        {
            telemetry.RunEnded(input.Outcome.ToString());
        }

        await notifier.RecordedAsync(input, cancellation);
        return Unit.Value;
    }
}
