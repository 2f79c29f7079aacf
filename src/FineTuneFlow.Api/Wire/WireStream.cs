using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Wire;

/// <summary>An answer in pieces, as clients that stream read them, and the mark of the end.</summary>
internal sealed class WireStream(IReadOnlyList<JsonObject> pieces) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "text/event-stream";
        httpContext.Response.Headers.CacheControl = "no-cache";
        foreach (JsonObject piece in pieces)
        {
            await httpContext.Response.WriteAsync($"data: {piece.ToJsonString(FlowJson.Compact)}\n\n", Encoding.UTF8, httpContext.RequestAborted);
        }

        await httpContext.Response.WriteAsync("data: [DONE]\n\n", httpContext.RequestAborted);
    }
}
