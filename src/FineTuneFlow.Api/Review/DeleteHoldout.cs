using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Review;

/// <summary>Takes a decision about the holdout back.</summary>
public sealed class DeleteHoldout(Workflow.Models.HoldoutDecisions decisions) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        await decisions.RemoveAsync(request.Route("project"), request.Route("decision"), cancellation);
        return Results.NoContent();
    }
}
