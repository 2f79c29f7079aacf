using FineTuneFlow.Core.Files;
using FineTuneFlow.Simulator.Azure;
using FineTuneFlow.Simulator.Batches;
using FineTuneFlow.Simulator.Bookkeeping;
using FineTuneFlow.Simulator.Faults;
using FineTuneFlow.Simulator.Files;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Inference;
using FineTuneFlow.Simulator.Jobs;
using FineTuneFlow.Simulator.Models;
using FineTuneFlow.Simulator.Services;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator;

/// <summary>The simulator as a web application; run by the executable, or inside a test.</summary>
public static class SimulatorApp
{
    /// <summary>Builds the application; nothing listens before it is started.</summary>
    /// <param name="clock">Decides times and waits; null for the system's.</param>
    /// <exception cref="Core.Failures.FlowException">InvalidInput: an option or the fault plan is not usable.</exception>
    public static WebApplication Build(SimulatorOptions options, TimeProvider? clock = null)
    {
        options.Check();
        Directory.CreateDirectory(options.State);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // Connections that are cut on purpose are not errors.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        builder.WebHost.UseUrls(options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries));
        AddServices(builder.Services, options, clock ?? TimeProvider.System);

        WebApplication app = builder.Build();
        app.Use(RequestMark.InvokeAsync);
        app.Use(AnswerErrors);
        app.Use((http, next) => ForeignHost.IsRefused(http) ? throw new ApiException(403, "This simulator answers under its loopback address only.") : next(http));
        app.MapGet("/health", http => http.Response.WriteAsync("ok"));
        app.UseWhen(
            http => http.Request.Path != "/health",
            branch => branch
                .Use((http, next) => IsAdministration(http)
                    ? next(http)
                    : http.RequestServices.GetRequiredService<FaultMiddleware>().InvokeAsync(http, next))
                .Use((http, next) =>
                {
                    http.RequestServices.GetRequiredService<Authentication>().Check(http);
                    return next(http);
                }));
        app.UseRouting();
        Map(app);
        // What no route takes comes here, still behind the key.
        app.MapFallback(http => throw new ApiException(404, $"Invalid URL ({http.Request.Method} {http.Request.Path})"));
        return app;
    }

    private static void AddServices(IServiceCollection services, SimulatorOptions options, TimeProvider clock)
    {
        services.AddSingleton(options).AddSingleton(clock);
        services.AddSingleton<Ledger>().AddSingleton<FileStore>().AddSingleton<UploadStore>();
        services.AddSingleton<ModelStore>().AddSingleton<Shutdowns>().AddSingleton<JobStore>().AddSingleton<JobEvents>().AddSingleton<JobTrainer>();
        services.AddSingleton<DeploymentStore>().AddSingleton<UntunedModel>();
        services.AddSingleton<RequestRate>().AddSingleton<InferenceService>();
        services.AddSingleton<FaultInjector>().AddSingleton<FaultMiddleware>().AddSingleton<Authentication>();
        services.AddSingleton<FileEndpoints>().AddSingleton<UploadEndpoints>().AddSingleton<JobEndpoints>().AddSingleton<TogetherEndpoints>().AddSingleton<ModelEndpoints>();
        services.AddSingleton<InferenceEndpoints>().AddSingleton<DeploymentEndpoints>().AddSingleton<LedgerEndpoint>().AddSingleton<FaultEndpoints>();
        services.AddSingleton<WebhookSender>().AddHostedService(provider => provider.GetRequiredService<WebhookSender>());
        services.AddSingleton<JobRunner>().AddHostedService(provider => provider.GetRequiredService<JobRunner>());
        services.AddSingleton<BatchStore>().AddSingleton<BatchEndpoints>();
        services.AddSingleton<BatchRunner>().AddHostedService(provider => provider.GetRequiredService<BatchRunner>());
    }

    private static void Map(WebApplication app)
    {
        foreach (SimulatedService service in SimulatedServices.All)
        {
            RouteGroupBuilder routes = app.MapGroup(service.Path);
            app.Services.GetRequiredService<FileEndpoints>().Map(routes);
            app.Services.GetRequiredService<UploadEndpoints>().Map(routes);
            if (service.Together)
            {
                app.Services.GetRequiredService<TogetherEndpoints>().Map(routes);
            }
            else
            {
                app.Services.GetRequiredService<JobEndpoints>().Map(routes);
            }

            app.Services.GetRequiredService<ModelEndpoints>().Map(routes);
            app.Services.GetRequiredService<InferenceEndpoints>().Map(routes);
            app.Services.GetRequiredService<BatchEndpoints>().Map(routes);
        }

        foreach (string root in (string[])["", "/as/azure", "/as/foundry"])
        {
            app.Services.GetRequiredService<InferenceEndpoints>().MapDeployments(app.MapGroup($"{root}/openai/deployments/{{deployment}}"));
        }

        app.Services.GetRequiredService<DeploymentEndpoints>().Map(app);
        app.Services.GetRequiredService<LedgerEndpoint>().Map(app);
        app.Services.GetRequiredService<FaultEndpoints>().Map(app);
    }

    private static bool IsAdministration(HttpContext http) => http.Request.Path.StartsWithSegments("/simulator", StringComparison.Ordinal);

    private static async Task AnswerErrors(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (ApiException e) when (!http.Response.HasStarted)
        {
            await ApiWriter.ErrorAsync(http, e);
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client went away; there is nobody to answer.
        }
        catch (IOException e) when (!http.Response.HasStarted && DiskFaults.IsFull(e))
        {
            await ApiWriter.ErrorAsync(http, new ApiException(503, "The simulator's disk is full: make room on it and ask again.", type: "service_unavailable"));
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("FineTuneFlow.Simulator")
                .LogError(e, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
            await ApiWriter.ErrorAsync(http, new ApiException(500, "The simulator had an error while processing your request."));
        }
    }
}
