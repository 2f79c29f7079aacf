using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Observability;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FineTuneFlow.Local.Telemetry;

/// <summary>The spans and meters that the Functions app sends to Application Insights: here by OTLP to the collector that
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names, and the meters at <c>/metrics</c> in Prometheus' text form.</summary>
public static class LocalTelemetry
{
    public const string MetricsPath = "/metrics";

    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string ServiceName = "OTEL_SERVICE_NAME";

    /// <summary>What .NET itself counts: memory, collections, threads; requests by route and status.</summary>
    private static readonly string[] OfRuntime = ["System.Runtime", "Microsoft.AspNetCore.Hosting"];

    /// <exception cref="FlowException">InvalidInput: a setting is wrong.</exception>
    public static void AddLocalTelemetry(this WebApplicationBuilder builder)
    {
        bool exports = Exports(builder.Configuration);
        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry().WithMetrics(metrics =>
        {
            metrics.AddMeter([FlowTelemetry.SourceName, .. OfRuntime]);
            metrics.AddPrometheusExporter();
            if (exports)
            {
                metrics.AddOtlpExporter();
            }
        });
        if (!exports)
        {
            return;
        }

        Action<ResourceBuilder> resource = made => made.AddService(builder.Configuration[ServiceName] is { Length: > 0 } name ? name : "finetuneflow");
        telemetry.ConfigureResource(resource);
        // A run is a few hundred spans: all are kept, so that its trace has no holes.
        telemetry.WithTracing(tracing => tracing.AddSource(FlowTelemetry.SourceName).SetSampler(new AlwaysOnSampler()).AddOtlpExporter());
        builder.Logging.AddOpenTelemetry(logs =>
        {
            ResourceBuilder made = ResourceBuilder.CreateDefault();
            resource(made);
            logs.SetResourceBuilder(made);
            logs.IncludeScopes = true;
            logs.IncludeFormattedMessage = true;
            logs.AddOtlpExporter();
        });
    }

    private static bool Exports(ConfigurationManager settings)
    {
        if (settings[Endpoint] is not { Length: > 0 } endpoint)
        {
            return false;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw Wrong(Endpoint, $"is \"{endpoint}\", which is not an address", "Write the collector's, such as http://127.0.0.1:4317");
        }

        return settings[Protocol] is null or "" or "grpc" or "http/protobuf"
            ? true
            : throw Wrong(Protocol, $"is \"{settings[Protocol]}\"", "grpc (which collectors take at port 4317) or http/protobuf (4318)");
    }

    private static FlowException Wrong(string setting, string message, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, $"the setting {message}", remedy, Field: setting));
}
