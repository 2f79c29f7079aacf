using System.Text.RegularExpressions;
using FineTuneFlow.Core.Failures;
using Microsoft.Extensions.Configuration;
using NCrontab;

namespace FineTuneFlow.Functions.Composition;

/// <summary>The settings that are the Functions app's own; those of storage, providers, API and container jobs are read by
/// these. Read at start, so that a wrong one stops the deployment and not the first night's run.</summary>
/// <param name="TaskHub"><c>TASKHUB_NAME</c>: where Durable Functions keeps its instances.</param>
/// <param name="NightlySchedule"><c>NightlySchedule</c>: NCRONTAB with seconds, in UTC unless WEBSITE_TIME_ZONE says otherwise.</param>
/// <param name="ApplicationInsights"><c>APPLICATIONINSIGHTS_CONNECTION_STRING</c>; null: telemetry stays in the host.</param>
/// <param name="IdentityClientId"><c>AZURE_CLIENT_ID</c>: the app's user-assigned identity; null: the developer's sign-in.</param>
public sealed partial record FunctionsSettings(string TaskHub, string NightlySchedule, string? ApplicationInsights, string? IdentityClientId)
{
    /// <exception cref="FlowException">InvalidInput, naming the setting.</exception>
    public static FunctionsSettings Read(IConfiguration settings)
    {
        string hub = Needed(settings, "TASKHUB_NAME", "Set it to a name of 3 to 45 letters and digits, such as FineTuneFlow");
        if (!HubName().IsMatch(hub))
        {
            throw Wrong("TASKHUB_NAME", $"is \"{hub}\"", "Use 3 to 45 letters and digits, the first a letter: it names tables, queues and containers");
        }

        string schedule = Needed(settings, "NightlySchedule", "Set it to six NCRONTAB fields, such as 0 0 2 * * * for two o'clock every night");
        if (CrontabSchedule.TryParse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = true }) is null)
        {
            throw Wrong("NightlySchedule", $"is \"{schedule}\"", "Give six NCRONTAB fields: second minute hour day month weekday, such as 0 0 2 * * *");
        }

        // Storage would fall back to this machine's emulator, which a deployed app does not have.
        if (string.IsNullOrEmpty(settings["Datasets"]) && string.IsNullOrEmpty(settings["Datasets:blobServiceUri"]))
        {
            throw Wrong(
                "Datasets__blobServiceUri", "is not set",
                "Set it to the blob service's address, such as https://ACCOUNT.blob.core.windows.net, or Datasets to UseDevelopmentStorage=true on a machine");
        }

        return new FunctionsSettings(hub, schedule, settings["APPLICATIONINSIGHTS_CONNECTION_STRING"], settings["AZURE_CLIENT_ID"]);
    }

    private static string Needed(IConfiguration settings, string name, string remedy) =>
        settings[name] is { Length: > 0 } value ? value : throw Wrong(name, "is not set", remedy);

    private static FlowException Wrong(string name, string what, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, $"The setting {what}", remedy, Field: name));

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{2,44}$")]
    private static partial Regex HubName();
}
