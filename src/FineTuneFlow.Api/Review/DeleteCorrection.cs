using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Review;

/// <summary>Takes the correction of a row back.</summary>
public sealed class DeleteCorrection(CorrectionStore corrections) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        await corrections.RemoveAsync(request.Route("id"), request.Route("row"), cancellation);
        return Results.NoContent();
    }
}
