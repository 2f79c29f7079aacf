using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Api.Tests.Runs;

/// <summary>One request to a handler, and what was answered.</summary>
internal sealed record RouteCall(int Status, IHeaderDictionary Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <param name="handler">Of the route.</param>
    /// <param name="query">With the question mark; empty for none.</param>
    /// <param name="path">What stands for <c>path</c> in the address.</param>
    /// <param name="change">What else is said of the request.</param>
    public static async Task<RouteCall> AskAsync(IApiHandler handler, string query = "", string? path = null, Action<HttpContext>? change = null)
    {
        await using ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Features.Set<IHttpBodyControlFeature>(new BodyControl());
        context.Request.RouteValues["id"] = "run-1";
        context.Request.RouteValues["path"] = path;
        context.Request.QueryString = new QueryString(query);
        change?.Invoke(context);
        var body = new MemoryStream();
        context.Response.Body = body;
        IResult result = await handler.HandleAsync(context.Request, TestContext.Current.CancellationToken);
        await result.ExecuteAsync(context);
        return new RouteCall(context.Response.StatusCode, context.Response.Headers, body.ToArray());
    }

    private sealed class BodyControl : IHttpBodyControlFeature
    {
        public bool AllowSynchronousIO { get; set; }
    }
}
