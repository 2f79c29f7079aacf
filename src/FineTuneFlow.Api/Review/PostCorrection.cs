using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Review;

/// <summary>Corrects the label of one row.</summary>
public sealed class PostCorrection(CorrectionStore corrections) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        CorrectionRequest body = await request.JsonAsync<CorrectionRequest>(cancellation);
        return ApiAnswer.Json(await corrections.AddAsync(request.Route("id"), body, cancellation));
    }
}
