using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Deletes an ended run for good.</summary>
public sealed class DeleteRun(RunRemoval removal) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        await removal.RemoveAsync(request.Route("id"), cancellation);
        return Results.NoContent();
    }
}
