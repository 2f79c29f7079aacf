using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Runs an ended run's drop and recipe once more, as a run of its own: what was paid and reported before stays.</summary>
public sealed class PostRerun(RunStarter starter) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        StartedRun run = await starter.RerunAsync(request.Route("id"), cancellation);
        return ApiAnswer.Accepted(request, $"/api/runs/{run.RunId}", run);
    }
}
