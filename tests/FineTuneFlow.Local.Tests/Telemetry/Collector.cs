using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Local.Tests.Telemetry;

/// <summary>A collector that takes OTLP over HTTP and keeps what is asked about: spans whole, names of meters.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public ConcurrentQueue<CollectedSpan> Spans { get; } = [];

    public ConcurrentDictionary<string, bool> Meters { get; } = new();

    /// <summary>Bodies of log lines with their trace.</summary>
    public ConcurrentQueue<(string Body, string TraceId)> Logs { get; } = [];

    public string Address => _app.Urls.First();

    public static async Task<Collector> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var collector = new Collector(app);
        app.MapPost("/v1/traces", context => TakeAsync(context, collector.TakeTraces));
        app.MapPost("/v1/metrics", context => TakeAsync(context, collector.TakeMetrics));
        app.MapPost("/v1/logs", context => TakeAsync(context, collector.TakeLogs));
        await app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task TakeAsync(HttpContext context, Action<ReadOnlyMemory<byte>> take)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        take(body.ToArray());
        context.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>ExportTraceServiceRequest: resource_spans 1, scope_spans 2, spans 2.</summary>
    private void TakeTraces(ReadOnlyMemory<byte> request)
    {
        foreach (ProtoField span in ProtoField.Path(request, 1, 2, 2))
        {
            Dictionary<int, ProtoField[]> fields = ProtoField.ByNumber(span.Bytes);
            Spans.Enqueue(new CollectedSpan(
                Hex(fields, 1), Hex(fields, 4), Text(fields, 5),
                fields.GetValueOrDefault(9, []).ToDictionary(a => Text(ProtoField.ByNumber(a.Bytes), 1), a => Text(ProtoField.ByNumber(ProtoField.ByNumber(a.Bytes)[2][0].Bytes), 1))));
        }
    }

    /// <summary>ExportMetricsServiceRequest: resource_metrics 1, scope_metrics 2, metrics 2, name 1.</summary>
    private void TakeMetrics(ReadOnlyMemory<byte> request)
    {
        foreach (ProtoField name in ProtoField.Path(request, 1, 2, 2, 1))
        {
            Meters[Encoding.UTF8.GetString(name.Bytes.Span)] = true;
        }
    }

    /// <summary>ExportLogsServiceRequest: resource_logs 1, scope_logs 2, log_records 2; body 5, trace_id 9.</summary>
    private void TakeLogs(ReadOnlyMemory<byte> request)
    {
        foreach (ProtoField record in ProtoField.Path(request, 1, 2, 2))
        {
            Dictionary<int, ProtoField[]> fields = ProtoField.ByNumber(record.Bytes);
            Logs.Enqueue((fields.TryGetValue(5, out ProtoField[]? body) ? Text(ProtoField.ByNumber(body[0].Bytes), 1) : "", Hex(fields, 9)));
        }
    }

    private static string Text(Dictionary<int, ProtoField[]> fields, int number) =>
        fields.TryGetValue(number, out ProtoField[]? found) ? Encoding.UTF8.GetString(found[0].Bytes.Span) : "";

    private static string Hex(Dictionary<int, ProtoField[]> fields, int number) =>
        fields.TryGetValue(number, out ProtoField[]? found) ? Convert.ToHexStringLower(found[0].Bytes.Span) : "";
}

/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="ParentId">16.</param>
/// <param name="Name">Of the step.</param>
/// <param name="Attributes">Texts only.</param>
internal sealed record CollectedSpan(string TraceId, string ParentId, string Name, IReadOnlyDictionary<string, string> Attributes);
