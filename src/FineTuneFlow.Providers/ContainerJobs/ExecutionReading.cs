using System.Globalization;
using System.Text.Json.Nodes;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>An execution as Resource Manager tells it, read tolerantly.</summary>
/// <param name="Name">The execution's.</param>
/// <param name="State">Unknown states count as under way.</param>
/// <param name="StartedAt">If it is told.</param>
/// <param name="EndedAt">If it is told.</param>
/// <param name="RunId">From its environment.</param>
/// <param name="Baseline">From its environment.</param>
/// <param name="Attempt">From its environment; 1 where it is not told, as by versions before 0.2.</param>
/// <param name="ExitCode">Of the container, where newer versions of the service tell it.</param>
/// <param name="Detail">What the service says about the container.</param>
internal sealed record ExecutionReading(
    string Name, ContainerState State, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? RunId, string? Baseline, int Attempt, int? ExitCode, string? Detail)
{
    public static ExecutionReading? Of(JsonNode node)
    {
        if (Text(node["name"]) is not { Length: > 0 } name)
        {
            return null;
        }

        JsonNode? properties = node["properties"];
        var env = Objects(properties?["template"]?["containers"]).SelectMany(container => Objects(container["env"])).ToList();
        var told = Objects(properties?["detailedStatus"]?["replicas"]).SelectMany(replica => Objects(replica["containers"])).ToList();
        return new ExecutionReading(
            name,
            Text(properties?["status"]) switch
            {
                "Succeeded" => ContainerState.Succeeded,
                // A degraded execution has replicas that failed; we run one.
                "Failed" or "Degraded" => ContainerState.Failed,
                "Stopped" => ContainerState.Cancelled,
                "Processing" => ContainerState.Pending,
                _ => ContainerState.Running,
            },
            Time(properties?["startTime"]),
            Time(properties?["endTime"]),
            Value(env, ContainerEnvironment.RunId),
            Value(env, ContainerEnvironment.Baseline),
            int.TryParse(Value(env, ContainerEnvironment.Attempt), NumberStyles.None, CultureInfo.InvariantCulture, out int attempt) ? attempt : 1,
            told.Select(container => Number(container["code"])).FirstOrDefault(code => code is not null),
            told.Select(container => Text(container["additionalInformation"])).FirstOrDefault(text => text is { Length: > 0 }));
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];

    private static string? Value(IEnumerable<JsonObject> env, string name) => env.Where(entry => Text(entry["name"]) == name).Select(entry => Text(entry["value"])).LastOrDefault();

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int number) ? number : null;

    private static DateTimeOffset? Time(JsonNode? node) =>
        DateTimeOffset.TryParse(Text(node), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
