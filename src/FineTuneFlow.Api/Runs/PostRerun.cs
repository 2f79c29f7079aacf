using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Runs an ended run's drop and recipe once more, as a run of its own: what was reported before stays, and what was paid
/// for is adopted, unless all is to be made anew.</summary>
public sealed class PostRerun(RunStarter starter) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        StartedRun run = await starter.RerunAsync(request.Route("id"), request.QueryFlag("anew"), cancellation);
        return ApiAnswer.Accepted(request, $"/api/runs/{run.RunId}", run);
    }
}
