using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Review;

/// <summary>The corrections of a run's rows.</summary>
public sealed class GetCorrections(CorrectionStore corrections) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation) =>
        ApiAnswer.Versioned(request, await corrections.ListAsync(request.Route("id"), cancellation));
}
