using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Service;

/// <summary>The API's description as OpenAPI 3.1.</summary>
public sealed class GetOpenApi : IApiHandler
{
    public Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation) =>
        Task.FromResult(ApiAnswer.Json(OpenApiDocument.Value));
}
