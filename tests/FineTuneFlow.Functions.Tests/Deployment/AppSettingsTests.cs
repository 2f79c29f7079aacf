using System.Text.RegularExpressions;
using FineTuneFlow.Functions.Composition;
using FineTuneFlow.Providers;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Providers.ContainerJobs;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary>What the infrastructure sets is what the app reads.</summary>
public sealed partial class AppSettingsTests
{
    /// <summary>Read by the Functions host and its extensions, not by our code.</summary>
    private static readonly string[] Hosts =
    [
        "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__tableServiceUri",
        "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId", "Datasets__queueServiceUri",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
        "AzureWebJobsDisableHomepage", "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID", "WEBSITE_AUTH_AAD_ALLOWED_TENANTS",
    ];

    private static readonly string[] Ours =
    [
        "TASKHUB_NAME", "NightlySchedule", "AZURE_CLIENT_ID", "APPLICATIONINSIGHTS_CONNECTION_STRING", "DefaultProvider", "OpenAI__WebhookSecret",
        "Datasets__blobServiceUri", "Datasets__credential", "Datasets__clientId",
    ];

    private static string[] Set => [.. BicepFile.All.SelectMany(f => Setting().Matches(f.Text)).Select(m => m.Groups[1].Value).Distinct()];

    [Fact]
    public void Every_setting_has_a_reader() =>
        Set.Where(name => !Hosts.Contains(name) && !Ours.Contains(name))
            .Where(name => !name.StartsWith("Providers__", StringComparison.Ordinal) && !name.StartsWith("Baselines__", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void Every_setting_that_needs_one_is_set() => Hosts.Concat(Ours).Except(Set).ShouldBeEmpty();

    [Fact]
    public void The_app_starts_with_them()
    {
        Dictionary<string, string?> values = Set.ToDictionary(name => name.Replace("__", ":", StringComparison.Ordinal), Sample);
        IConfiguration settings = new ConfigurationBuilder().AddInMemoryCollection(values).Build();

        FunctionsSettings.Read(settings).TaskHub.ShouldBe("FineTuneFlow");
        StorageOptions.Read(settings).Credential.ShouldBe("managedidentity");
        // Read strictly: a misspelt setting of a provider would be refused here.
        ProviderSettings providers = ProviderSettings.Read(settings);
        providers.All.Select(p => p.Name).ShouldBe(["azure", "openai"]);
        providers.All[0].Credential.ShouldBe("managedidentity");
        providers.All[0].Deployment.ShouldNotBeNull();
        ContainerJobSettings.Read(settings).Azure!.Container.ShouldBe("baseline");
    }

    [Fact]
    public void The_container_that_the_settings_name_is_the_jobs()
    {
        string baseline = BicepFile.All.Single(f => f.Path.EndsWith("baseline.bicep", StringComparison.Ordinal)).Text;

        string named = Regex.Match(baseline, "Baselines__Container: '([^']+)'").Groups[1].Value;
        Regex.Match(baseline, @"containers: \[\s+\{\s+name: '([^']+)'").Groups[1].Value.ShouldBe(named);
    }

    [Fact]
    public void The_task_hub_is_the_same_everywhere() =>
        BicepFile.Main.Text.ShouldContain($"var taskHub = '{Settings.JsonFile.Values["TASKHUB_NAME"]}'");

    /// <summary>A value such as the deployed app would see.</summary>
    private static string? Sample(string name) => name switch
    {
        "TASKHUB_NAME" => "FineTuneFlow",
        "NightlySchedule" => Regex.Match(BicepFile.Main.Text, "param nightlySchedule string = '([^']+)'").Groups[1].Value,
        "DefaultProvider" => "azure",
        "Providers__azure__Kind" => "azureOpenAI",
        "Providers__azure__BaseAddress" => "https://oai-x.openai.azure.com/openai/v1/",
        "Providers__openai__Kind" => "openai",
        "Providers__openai__Key" => "resolved",
        "Baselines__Container" => "baseline",
        _ when name.EndsWith("redential", StringComparison.Ordinal) => "managedidentity",
        _ when name.EndsWith("Uri", StringComparison.Ordinal) => "https://st.blob.core.windows.net/",
        _ => "x",
    };

    // Settings are the properties that are written like environment variables.
    [GeneratedRegex(@"^\s+((?:[A-Z][A-Z_]+[A-Z])|(?:[A-Z]\w*__\w+)|AzureWebJobsDisableHomepage|NightlySchedule|DefaultProvider): ", RegexOptions.Multiline)]
    private static partial Regex Setting();
}
