using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Tests.Notifying;

/// <summary>A webhook of somebody who is notified: it keeps what it is told, and checks signatures by the specification's words.</summary>
internal sealed class NotifiedReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0";

    private readonly WebApplication _app;
    private readonly List<Told> _told = [];

    private NotifiedReceiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First() + "/hook");

    /// <summary>Answers with 500 as often as this says.</summary>
    public int Refusals { get; set; }

    /// <summary>All calls so far, refused ones too.</summary>
    public IReadOnlyList<Told> All
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    public IReadOnlyList<Told> Taken => [.. All.Where(told => told.Accepted)];

    public static async Task<NotifiedReceiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var receiver = new NotifiedReceiver(app);
        app.MapPost("/hook", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        string id = context.Request.Headers["webhook-id"].ToString();
        string timestamp = context.Request.Headers["webhook-timestamp"].ToString();
        string text = Encoding.UTF8.GetString(body.ToArray());
        // Standard Webhooks: base64(HMAC-SHA256(key, id.timestamp.payload)) with the secret's bytes after whsec_.
        byte[] mac = HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{text}"));
        JsonNode told = JsonNode.Parse(text)!;
        lock (_told)
        {
            bool accepted = Refusals-- <= 0;
            context.Response.StatusCode = (int)(accepted ? HttpStatusCode.NoContent : HttpStatusCode.InternalServerError);
            _told.Add(new Told(
                id,
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture)),
                told["type"]!.GetValue<string>(),
                told["text"]!.GetValue<string>(),
                context.Request.Headers["webhook-signature"].ToString() == "v1," + Convert.ToBase64String(mac),
                accepted));
        }
    }
}

/// <param name="Id">Header <c>webhook-id</c>.</param>
/// <param name="At">Header <c>webhook-timestamp</c>.</param>
/// <param name="Type">Kind of event.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Signed">Its signature is that of the specification.</param>
/// <param name="Accepted">False: it was answered with 500.</param>
internal sealed record Told(string Id, DateTimeOffset At, string Type, string Text, bool Signed, bool Accepted);
