using FineTuneFlow.Api.Http;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Cancels a run: its jobs are cancelled, its deployments removed, and it ends.</summary>
public sealed class PostCancel(RunReader runs, IDurableClient engine) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        SteeringRequest body = await request.JsonOrAsync(new SteeringRequest(), cancellation);
        RunView run = await runs.GetAsync(request.Route("id"), cancellation);
        run.RequireGoing("cancel");
        if (run.Status == InstanceStatus.Suspended)
        {
            // A suspended orchestration takes no events, and the jobs of a cancelled run must not go on costing.
            await engine.ResumeAsync(run.RunId, "to be cancelled", cancellation);
        }

        await engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest(body.By, body.Reason), cancellation);
        return ApiAnswer.Accepted(request, $"/api/runs/{run.RunId}", run);
    }
}
