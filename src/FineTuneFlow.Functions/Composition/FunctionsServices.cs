using Azure.Core.Serialization;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using FineTuneFlow.Api;
using FineTuneFlow.Api.Service;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Functions.Http;
using FineTuneFlow.Providers;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Observability;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace FineTuneFlow.Functions.Composition;

/// <summary>The Functions app's container: the workflow, its adapters and this host's parts.</summary>
public static class FunctionsServices
{
    /// <exception cref="Core.Failures.FlowException">InvalidInput: a setting is wrong; the app does not start.</exception>
    public static IServiceCollection AddFineTuneFlowFunctions(this IServiceCollection services, IConfiguration configuration)
    {
        FunctionsSettings settings = FunctionsSettings.Read(configuration);
        // Everything that Durable Functions keeps or hands over is written as the rest of the product writes JSON.
        services.Configure<WorkerOptions>(worker => worker.Serializer = new JsonObjectSerializer(FlowJson.Compact));
        // The host limits what it takes; this worker must not refuse a drop that the host let through.
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        services.AddHttpClient();
        services.AddFineTuneFlowWorkflow();
        services.AddFineTuneFlowProviders(configuration);
        services.AddFlowApi(configuration);
        services.AddHostedService<HostStartNote>();
        services.AddSingleton<CurrentDurableClient>();
        services.AddSingleton<IDurableClient>(provider => new DurableFunctionsClient(
            () => provider.GetRequiredService<CurrentDurableClient>().Value, provider.GetRequiredService<IHttpClientFactory>()));
        services.AddSingleton<OrchestrationRunner>();
        services.AddSingleton<ActivityRunner>();
        services.AddSingleton<ApiRunner>();
        services.AddSingleton<PlatformSignIn>();
        return services.AddTelemetry(settings);
    }

    private static IServiceCollection AddTelemetry(this IServiceCollection services, FunctionsSettings settings)
    {
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry();
        telemetry.WithTracing(tracing => tracing.AddSource(FlowTelemetry.SourceName));
        telemetry.WithMetrics(metrics => metrics.AddMeter(FlowTelemetry.SourceName));
        if (settings.ApplicationInsights is { Length: > 0 } address)
        {
            // Without an exporter these defaults would swallow the worker's own log lines, which then never reach the host's log
            // (azure-functions-dotnet-worker 3487 and 3489).
            telemetry.UseFunctionsWorkerDefaults();
            telemetry.UseAzureMonitorExporter(exporter =>
            {
                exporter.ConnectionString = address;
                // A run is a few hundred spans: all are kept, so that its trace has no holes.
                exporter.SamplingRatio = 1;
                if (settings.IdentityClientId is { Length: > 0 } id)
                {
                    exporter.Credential = new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(id));
                }
            });
        }

        return services;
    }
}
