using System.Text.Json;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Json;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Agents;

/// <summary>Takes a message of the Model Context Protocol (streamable HTTP without sessions) from an agent.</summary>
public sealed class PostMcp(McpEndpoint endpoint, IServiceProvider services) : IApiHandler
{
    // A data set of that size is no longer passed through an agent.
    private const int MaxBytes = 16 << 20;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
        {
            throw ApiRequest.Invalid("the body is not said to be JSON", "Send JSON with Content-Type: application/json.", null);
        }

        HttpContext context = request.HttpContext;
        byte[] message = await request.BytesAsync(MaxBytes, cancellation);
        request.Body = new MemoryStream(message, writable: false);
        // The tools work with what this call works with, the Functions host's client of its durable engine included: so it is answered
        // here, and not by a result that the host would run later.
        context.RequestServices = services;
        try
        {
            // The protocol's library reads texts when they are asked for, and then calls half a surrogate pair an error of ours.
            JsonTexts.AssertWhole(message);
            await endpoint.AnswerAsync(context);
        }
        catch (JsonException fault) when (!context.Response.HasStarted)
        {
            throw ApiRequest.Invalid($"the message is not valid: {JsonFault.SentenceOf(fault)}", "Send it as the Model Context Protocol says.", "params");
        }

        return Results.Empty;
    }
}
