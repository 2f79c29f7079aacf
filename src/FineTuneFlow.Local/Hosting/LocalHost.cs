using FineTuneFlow.Api;
using FineTuneFlow.Api.Service;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Engine;
using FineTuneFlow.Local.Backups;
using FineTuneFlow.Local.Drops;
using FineTuneFlow.Local.Http;
using FineTuneFlow.Local.Schedule;
using FineTuneFlow.Local.Settings;
using FineTuneFlow.Local.Telemetry;
using FineTuneFlow.Providers;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Providers.ContainerJobs;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Observability;
using Microsoft.Extensions.Logging.Console;

namespace FineTuneFlow.Local.Hosting;

/// <summary>The whole product in one process: engine, drop watcher and HTTP API over the storage and the providers that the
/// settings name.</summary>
public static class LocalHost
{
    /// <summary>Runs until it is stopped.</summary>
    /// <param name="args">Settings as <c>--Name value</c>; <c>--settings FILE</c> names the settings file.</param>
    /// <param name="error">Where a failed start is told.</param>
    /// <returns>0, or 2 for wrong settings, 4 when another host has the database, 5 when a disk failed or is full, 1 for anything else.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter error)
    {
        try
        {
            await using WebApplication app = Build(args);
            DurableEngine engine = app.Services.GetRequiredService<DurableEngine>();
            await app.RunAsync();
            return engine.Fault is { } fault ? throw fault as FlowException ?? new FlowException(FailureKind.Internal, $"the engine has stopped: {fault.Message}", null, fault) : 0;
        }
        catch (FlowException exception)
        {
            await error.WriteLineAsync($"error: {exception.Failure}");
            return exception.Failure.Kind switch { FailureKind.InvalidInput => 2, FailureKind.Conflict => 4, FailureKind.Unavailable => 5, _ => 1 };
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await error.WriteLineAsync($"error: {exception.Message.TrimEnd('.')}. Set another Port.");
            return 4;
        }
    }

    /// <summary>The host, not yet started.</summary>
    /// <exception cref="FlowException">InvalidInput: a setting is wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        ConfigurationManager settings = builder.Configuration;
        settings.Sources.Clear();
        SettingsFile.AddTo(settings, args);
        LocalHostOptions options = LocalHostOptions.Read(settings);
        HomeRestore.Finish(options.Home);
        if (!settings.GetSection(StorageOptions.Section).Exists())
        {
            settings[$"{StorageOptions.Section}:folder"] = Path.Combine(options.Home, HomeFolders.Storage);
        }

        settings[$"{ContainerJobSettings.Section}:WorkFolder"] ??= Path.Combine(options.Home, HomeFolders.Baselines);
        builder.Logging.ClearProviders();
        AddConsole(builder.Logging, options.LogFormat);
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddLocalTelemetry();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Address, options.Port);
            // Drops are as large as they are; every other body is limited where it is read.
            kestrel.Limits.MaxRequestBodySize = null;
        });

        builder.Services.AddSingleton(options);
        builder.Services.AddFineTuneFlowProviders(settings);
        builder.Services.AddFineTuneFlowWorkflow();
        builder.Services.AddDurableEngine(services =>
        {
            FlowTelemetry telemetry = services.GetRequiredService<FlowTelemetry>();
            ILogger steps = services.GetRequiredService<ILoggerFactory>().CreateLogger("FineTuneFlow.Steps");
            return new EngineOptions
            {
                DatabasePath = Path.Combine(options.Home, HomeFolders.Database),
                ObserveActivity = (step, instance) => telemetry.Follow(step, instance, steps),
            };
        });
        builder.Services.AddFlowApi(settings);
        builder.Services.AddBackup(options);
        builder.Services.AddHostedService<HostStartNote>();
        builder.Services.AddHostedService<DropWatcher>();
        builder.Services.AddHostedService<Nightly>();
        builder.Services.AddHostedService<Ticking>();
        if (options.ParentWatch)
        {
            builder.Services.AddSingleton<IHostLifetime, ParentLifetime>();
        }

        WebApplication app = builder.Build();
        app.MapFlowApi(options);
        app.MapPages(options);
        app.MapBackup();
        app.MapPrometheusScrapingEndpoint(LocalTelemetry.MetricsPath);
        return app;
    }

    private static void AddConsole(ILoggingBuilder logging, LogFormat format)
    {
        const string Time = "yyyy-MM-dd'T'HH:mm:ss'Z' ";
        if (format == LogFormat.Json)
        {
            logging.AddJsonConsole(line =>
            {
                line.TimestampFormat = Time.TrimEnd();
                line.UseUtcTimestamp = true;
                line.IncludeScopes = true;
            });
            return;
        }

        logging.AddSimpleConsole(line =>
        {
            line.SingleLine = true;
            line.TimestampFormat = Time;
            line.UseUtcTimestamp = true;
            line.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }
}
