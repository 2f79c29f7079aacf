using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow;

namespace FineTuneFlow.Functions.Tests.Settings;

public sealed partial class HostJsonTests
{
    /// <summary>What host.json may hold, by path, with the kind of its value; from the host's and the extensions' own
    /// documentation. A misspelt setting is otherwise ignored without a word.</summary>
    private static readonly Dictionary<string, JsonValueKind> Schema = new()
    {
        ["version"] = JsonValueKind.String,
        ["functionTimeout"] = JsonValueKind.String,
        ["telemetryMode"] = JsonValueKind.String,
        ["logging.logLevel.*"] = JsonValueKind.String,
        ["extensions.http.routePrefix"] = JsonValueKind.String,
        ["extensions.blobs.maxDegreeOfParallelism"] = JsonValueKind.Number,
        ["extensions.blobs.poisonBlobThreshold"] = JsonValueKind.Number,
        ["extensions.durableTask.hubName"] = JsonValueKind.String,
        ["extensions.durableTask.defaultVersion"] = JsonValueKind.String,
        ["extensions.durableTask.versionMatchStrategy"] = JsonValueKind.String,
        ["extensions.durableTask.versionFailureStrategy"] = JsonValueKind.String,
        ["extensions.durableTask.maxConcurrentActivityFunctions"] = JsonValueKind.Number,
        ["extensions.durableTask.maxConcurrentOrchestratorFunctions"] = JsonValueKind.Number,
        ["extensions.durableTask.storageProvider.type"] = JsonValueKind.String,
        ["extensions.durableTask.storageProvider.connectionStringName"] = JsonValueKind.String,
        ["extensions.durableTask.storageProvider.controlQueueVisibilityTimeout"] = JsonValueKind.String,
        ["extensions.durableTask.storageProvider.workItemQueueVisibilityTimeout"] = JsonValueKind.String,
        ["extensions.durableTask.storageProvider.maxQueuePollingInterval"] = JsonValueKind.String,
        ["extensions.durableTask.tracing.distributedTracingEnabled"] = JsonValueKind.True,
        ["extensions.durableTask.tracing.version"] = JsonValueKind.String,
        ["extensions.durableTask.tracing.traceInputsAndOutputs"] = JsonValueKind.False,
        ["extensions.durableTask.tracing.traceReplayEvents"] = JsonValueKind.False,
    };

    [Fact]
    public void Every_setting_is_one_that_the_host_knows()
    {
        foreach ((string path, JsonNode value) in Leaves(JsonFile.Host, "").Concat(Leaves(JsonFile.StorageHost, "")))
        {
            string known = path.StartsWith("logging.logLevel.", StringComparison.Ordinal) ? "logging.logLevel.*" : path;
            Schema.ShouldContainKey(known);
            value.GetValueKind().ShouldBe(Schema[known], path);
        }
    }

    [Fact]
    public void Inputs_and_outputs_are_never_traced() =>
        Durable["tracing"]!["traceInputsAndOutputs"]!.GetValue<bool>().ShouldBeFalse();

    /// <summary>The platform's scale controller reads the file in the package and no setting that overrides it.</summary>
    [Fact]
    public void The_file_of_each_backend_names_it_and_nothing_else_differs()
    {
        JsonObject scheduler = JsonFile.Host, storage = JsonFile.StorageHost;

        Provider(scheduler).ShouldBe(("azureManaged", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"));
        Provider(storage).ShouldBe(("azureStorage", "AzureWebJobsStorage"));
        scheduler["extensions"]!["durableTask"]!.AsObject().Remove("storageProvider");
        storage["extensions"]!["durableTask"]!.AsObject().Remove("storageProvider");
        JsonNode.DeepEquals(scheduler, storage).ShouldBeTrue();

        static (string, string) Provider(JsonObject host)
        {
            JsonNode provider = host["extensions"]!["durableTask"]!["storageProvider"]!;
            return (provider["type"]!.GetValue<string>(), provider["connectionStringName"]!.GetValue<string>());
        }
    }

    [Fact]
    public void Timeouts_and_levels_can_be_read()
    {
        TimeSpan.Parse(JsonFile.Host["functionTimeout"]!.GetValue<string>(), CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(30));
        string[] levels = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"];
        JsonFile.Host["logging"]!["logLevel"]!.AsObject().ShouldAllBe(pair => levels.Contains(pair.Value!.GetValue<string>()));
    }

    [Fact]
    public void The_versions_that_the_workflow_starts_with_are_ones_that_the_host_runs()
    {
        // The host refuses instances of a later version than its own, so that raising an orchestration's means raising this.
        string own = Durable["defaultVersion"]!.GetValue<string>();
        string latest = WorkflowComposition.Catalog.Orchestrations.Keys.Select(key => key.Version).Max(StringComparer.Ordinal)!;

        string.CompareOrdinal(own, latest).ShouldBeGreaterThanOrEqualTo(0);
        Durable["versionMatchStrategy"]!.GetValue<string>().ShouldBe("CurrentOrOlder");
    }

    [Fact]
    public void What_it_takes_from_settings_is_in_the_sample()
    {
        string[] wanted = [.. Placeholder().Matches(Repository.Read("host.json")).Select(m => m.Groups[1].Value)];

        wanted.ShouldBe(["TASKHUB_NAME"]);
        JsonFile.Values.Keys.ShouldContain("TASKHUB_NAME");
        JsonFile.Values.Keys.ShouldContain("NightlySchedule");
    }

    private static JsonNode Durable => JsonFile.Host["extensions"]!["durableTask"]!;

    private static IEnumerable<(string Path, JsonNode Value)> Leaves(JsonObject at, string path) => at.SelectMany(pair =>
        pair.Value is JsonObject inner ? Leaves(inner, $"{path}{pair.Key}.") : [($"{path}{pair.Key}", pair.Value!)]);

    [GeneratedRegex("%([A-Za-z_]+)%")]
    private static partial Regex Placeholder();
}
