using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Agents;

/// <summary>Takes a message of the Model Context Protocol (streamable HTTP without sessions) from an agent.</summary>
public sealed class PostMcp(McpEndpoint endpoint, IServiceProvider services) : IApiHandler
{
    // A data set of that size is no longer passed through an agent.
    private const int MaxBytes = 16 << 20;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        HttpContext context = request.HttpContext;
        request.Body = new MemoryStream(await request.BytesAsync(MaxBytes, cancellation), writable: false);
        // The tools work with what this call works with, the Functions host's client of its durable engine included: so it is answered
        // here, and not by a result that the host would run later.
        context.RequestServices = services;
        await endpoint.AnswerAsync(context);
        return Results.Empty;
    }
}
