using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Providers.Tests.Wire;

/// <summary>A real HTTP server that answers as one test wants and keeps what it was sent.</summary>
public sealed class WireServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WireServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public ConcurrentQueue<WireRequest> Requests { get; } = new();

    /// <param name="answer">Called after the request's body was read and kept.</param>
    /// <param name="keepBodies">False: bodies are left to the answer to read (or not to).</param>
    public static async Task<WireServer> StartAsync(Func<HttpContext, WireRequest, Task> answer, bool keepBodies = true)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(System.Net.IPAddress.Loopback, 0);
            options.Limits.MaxRequestBodySize = null;
        });
        WebApplication app = builder.Build();
        var server = new WireServer(app);
        app.Run(async context =>
        {
            var body = new MemoryStream();
            if (keepBodies)
            {
                await context.Request.Body.CopyToAsync(body);
            }

            var request = new WireRequest(
                context.Request.Method,
                context.Request.Path.Value ?? "",
                Uri.UnescapeDataString(context.Request.QueryString.Value ?? ""),
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.ToArray());
            server.Requests.Enqueue(request);
            await answer(context, request);
        });
        await app.StartAsync();
        server.Address = new Uri(app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/v1/");
        return server;
    }

    /// <summary>Answers by "METHOD /path" with JSON; anything else is 404.</summary>
    public static Task<WireServer> StartAsync(params (string Route, string Json)[] answers) =>
        StartAsync((context, request) =>
        {
            string? json = answers.FirstOrDefault(answer => answer.Route == $"{request.Method} {request.Path}").Json;
            return json is null
                ? WriteAsync(context, 404, """{"error":{"message":"no such route","code":"not_found"}}""")
                : WriteAsync(context, 200, json);
        });

    public static async Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

public sealed record WireRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}
