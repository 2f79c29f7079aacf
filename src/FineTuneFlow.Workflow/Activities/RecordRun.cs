using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Writes <c>run.json</c>. The run's own orchestration is its only writer.</summary>
public sealed class RecordRun(IBlobStore store, FlowTelemetry telemetry) : IActivity<RunRecord, Unit>
{
    public async Task<Unit> RunAsync(RunRecord input, CancellationToken cancellation)
    {
        await store.WriteJsonAsync(RunPaths.Record(input.RunId), input, cancellation: cancellation);
        if (input.EndedAt is not null)
        {
            telemetry.RunEnded(input.Outcome.ToString());
        }

        return Unit.Value;
    }
}
