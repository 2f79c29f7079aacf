using FineTuneFlow.Api.Agents;
using FineTuneFlow.Api.Comparison;
using FineTuneFlow.Api.Dashboard;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Api.Models;
using FineTuneFlow.Api.Review;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Api.Webhooks;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;

namespace FineTuneFlow.Api;

/// <summary>What both hosts register for the API. Storage, engine and providers are the host's.</summary>
public static class ApiServices
{
    private const string Instructions =
        "FineTuneFlow trains, judges, serves and watches text classifiers. Check data and read its findings and quote before you start a run. "
        + "A run that waits for approval waits for a person. Failures are problem details with a remedy.";

    public static IServiceCollection AddFlowApi(this IServiceCollection services, IConfiguration settings)
    {
        foreach (ApiRoute route in ApiRoutes.All)
        {
            services.TryAddTransient(route.Handler);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(WebhookOptions.Of(settings["OpenAI:WebhookSecret"]));
        services.AddSingleton(NotificationOptions.Of(settings));
        services.AddSingleton(IntakeOptions.Of(settings));
        services.AddSingleton(RetentionOptions.Of(settings));
        services.AddSingleton<AskedOnce>();
        services.AddSingleton<DropUpload>();
        services.AddSingleton<RunReports>();
        services.AddSingleton<JudgedRuns>();
        services.AddSingleton<CorrectionStore>();
        services.AddSingleton<ReviewFinder>();
        services.AddSingleton<HistoryVersions>();
        services.AddSingleton<McpEndpoint>();
        services.AddMcpServer(server =>
        {
            server.ServerInfo = new Implementation { Name = "FineTuneFlow", Version = DashboardFiles.Version };
            server.ServerInstructions = Instructions;
            server.ToolCollection = [.. AgentTools.All];
        }).WithHttpTransport(transport => transport.SessionMode = HttpServerSessionMode.Stateless);
        return services;
    }
}
