using FineTuneFlow.Api.Http;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Lets a suspended run go on.</summary>
public sealed class PostResume(RunReader runs, IDurableClient engine) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        SteeringRequest body = await request.JsonOrAsync(new SteeringRequest(), cancellation);
        RunView run = await runs.GetAsync(request.Route("id"), cancellation);
        run.RequireGoing("resume");
        await engine.ResumeAsync(run.RunId, body.Reason ?? "asked through the API", cancellation);
        return ApiAnswer.Json(await runs.GetAsync(run.RunId, cancellation));
    }
}
