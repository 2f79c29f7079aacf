using FineTuneFlow.Api.Http;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Suspends a run where it stands; jobs that run at the provider go on.</summary>
public sealed class PostSuspend(RunReader runs, IDurableClient engine) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        SteeringRequest body = await request.JsonOrAsync(new SteeringRequest(), cancellation);
        RunView run = await runs.GetAsync(request.Route("id"), cancellation);
        run.RequireGoing("suspend");
        await engine.SuspendAsync(run.RunId, body.Reason ?? "asked through the API", cancellation);
        return ApiAnswer.Json(await runs.GetAsync(run.RunId, cancellation));
    }
}
