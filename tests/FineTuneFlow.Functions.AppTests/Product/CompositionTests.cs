using FineTuneFlow.Core.Failures;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Functions.AppTests.Product;

public sealed class CompositionTests
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["TASKHUB_NAME"] = "Tests",
        ["NightlySchedule"] = "0 0 2 * * *",
        ["Datasets__blobServiceUri"] = "https://st.blob.core.windows.net",
        ["Datasets__credential"] = "managedidentity",
        ["Providers__azure__Kind"] = "azureOpenAI",
        ["Providers__azure__BaseAddress"] = "https://oai.openai.azure.com/openai/v1/",
        ["Providers__azure__Credential"] = "managedidentity",
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://ingest.example/",
        ["AZURE_CLIENT_ID"] = "00000000-0000-0000-0000-000000000002",
    };

    [Fact]
    public async Task Every_class_with_functions_can_be_made()
    {
        await using ServiceProvider services = AppHost.Services(Settings);

        foreach (Type type in AppHost.Functions.Select(method => method.DeclaringType!).Distinct())
        {
            ActivatorUtilities.CreateInstance(services, type).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Every_activity_and_every_handler_can_be_made()
    {
        await using ServiceProvider services = AppHost.Services(Settings);
        using IServiceScope scope = services.CreateScope();

        Type[] handlers = [.. Api.ApiRoutes.All.Select(route => route.Handler)];
        Type[] activities = [.. typeof(Workflow.WorkflowComposition).Assembly.GetTypes().Where(type =>
            type is { IsClass: true, IsAbstract: false } && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(FineTuneFlow.Durable.IActivity<,>)))];

        activities.Length.ShouldBeGreaterThan(20);
        foreach (Type type in handlers.Concat(activities))
        {
            scope.ServiceProvider.GetRequiredService(type).ShouldNotBeNull();
        }
    }

    [Fact]
    public void A_wrong_setting_stops_the_start()
    {
        var settings = new Dictionary<string, string?>(Settings) { ["NightlySchedule"] = "tonight" };

        Should.Throw<FlowException>(() => AppHost.Services(settings)).Failure.Field.ShouldBe("NightlySchedule");
    }
}
