using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>A run's state, stage, progress and cost so far.</summary>
public sealed class GetRun(RunReader runs) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation) =>
        ApiAnswer.Versioned(request, await runs.GetAsync(request.Route("id"), cancellation));
}
