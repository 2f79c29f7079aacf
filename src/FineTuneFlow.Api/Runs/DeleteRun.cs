using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Deletes an ended run for good, or says what stands against it.</summary>
public sealed class DeleteRun(RunRemoval removal) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string id = request.Route("id");
        await (request.QueryFlag("dryRun") ? removal.CheckAsync(id, cancellation) : removal.RemoveAsync(id, cancellation));
        return Results.NoContent();
    }
}
