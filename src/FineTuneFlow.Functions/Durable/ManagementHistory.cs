using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Functions.Durable;

/// <summary>Reads the history that the host's HTTP management API tells (<c>?showHistory=true&amp;showHistoryOutput=true</c>), for
/// hosts whose gRPC endpoint does not. It has no numbers of steps, folds a start into its end and names an activity's function
/// in FunctionName.</summary>
public static class ManagementHistory
{
    /// <param name="status">The API's answer.</param>
    /// <exception cref="JsonException">It is not of the documented shape.</exception>
    public static IReadOnlyList<HistoryEntry> Read(JsonNode status)
    {
        JsonArray events = status["historyEvents"] as JsonArray ?? throw new JsonException("the answer holds no historyEvents");
        var entries = new List<HistoryEntry>();
        foreach (JsonObject one in events.OfType<JsonObject>())
        {
            foreach (HistoryEntry entry in Entries(one))
            {
                entries.Add(entry with { Sequence = entries.Count + 1 });
            }
        }

        return entries;
    }

    private static IEnumerable<HistoryEntry> Entries(JsonObject one)
    {
        string type = Text(one, "EventType") ?? "";
        string? name = Text(one, "FunctionName") ?? Text(one, "Name");
        DateTimeOffset at = Time(one, "Timestamp") ?? DateTimeOffset.UnixEpoch;
        HistoryEntry Of(HistoryKind kind, DateTimeOffset? when = null) => new() { Sequence = 0, At = when ?? at, Kind = kind, Name = name };

        switch (type)
        {
            case "ExecutionStarted":
                yield return Of(HistoryKind.ExecutionStarted) with { Input = Payload(one, "Input") };
                break;
            case "TaskCompleted":
                yield return Of(HistoryKind.ActivityScheduled, Time(one, "ScheduledTime")) with { Input = Payload(one, "Input") };
                yield return Of(HistoryKind.ActivityCompleted) with { Output = Payload(one, "Result") };
                break;
            case "TaskFailed":
                yield return Of(HistoryKind.ActivityScheduled, Time(one, "ScheduledTime")) with { Input = Payload(one, "Input") };
                yield return Of(HistoryKind.ActivityFailed) with { Failure = Failed(one, name) };
                break;
            case "TaskScheduled":
                yield return Of(HistoryKind.ActivityScheduled) with { Input = Payload(one, "Input") };
                break;
            case "SubOrchestrationInstanceCreated":
                yield return Of(HistoryKind.ChildScheduled) with { ChildId = Text(one, "InstanceId"), Input = Payload(one, "Input") };
                break;
            case "SubOrchestrationInstanceCompleted":
                yield return Of(HistoryKind.ChildScheduled, Time(one, "ScheduledTime")) with { ChildId = Text(one, "InstanceId") };
                yield return Of(HistoryKind.ChildCompleted) with { Output = Payload(one, "Result") };
                break;
            case "SubOrchestrationInstanceFailed":
                yield return Of(HistoryKind.ChildScheduled, Time(one, "ScheduledTime")) with { ChildId = Text(one, "InstanceId") };
                yield return Of(HistoryKind.ChildFailed) with { Failure = Failed(one, name) };
                break;
            case "TimerCreated":
                yield return Of(HistoryKind.TimerCreated) with { Name = null, DueAt = Time(one, "FireAt") };
                break;
            case "TimerFired":
                yield return Of(HistoryKind.TimerFired) with { Name = null, DueAt = Time(one, "FireAt") };
                break;
            case "EventRaised":
                yield return Of(HistoryKind.EventReceived) with { Input = Payload(one, "Input") };
                break;
            case "EventSent":
                yield return Of(HistoryKind.EventSent) with { ChildId = Text(one, "InstanceId"), Input = Payload(one, "Input") };
                break;
            case "ContinueAsNew":
                yield return Of(HistoryKind.ContinuedAsNew);
                break;
            case "ExecutionSuspended":
                yield return Of(HistoryKind.Suspended);
                break;
            case "ExecutionResumed":
                yield return Of(HistoryKind.Resumed);
                break;
            case "ExecutionRewound":
                yield return Of(HistoryKind.Rewound);
                break;
            case "ExecutionTerminated":
                yield return Of(HistoryKind.ExecutionTerminated);
                break;
            case "ExecutionCompleted" when Text(one, "OrchestrationStatus") == "Failed":
                yield return Of(HistoryKind.ExecutionFailed) with { Failure = Failed(one, name) };
                break;
            case "ExecutionCompleted":
                yield return Of(HistoryKind.ExecutionCompleted) with { Output = Payload(one, "Result") };
                break;
            default:
                // The engine's own turns, and what a later version may add.
                break;
        }
    }

    private static string? Text(JsonObject one, string field) =>
        one[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static DateTimeOffset? Time(JsonObject one, string field) =>
        DateTimeOffset.TryParse(Text(one, field), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>Payloads are told as JSON, or as a string that holds JSON.</summary>
    private static JsonNode? Payload(JsonObject one, string field)
    {
        if (Text(one, field) is not { } text)
        {
            return one[field]?.DeepClone();
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static Failure Failed(JsonObject one, string? step) =>
        FailureText.Read(Text(one, "Details")) ?? FailureText.Read(Text(one, "Reason")) ?? FailureText.Read(one["FailureDetails"]?.ToJsonString())
        ?? FailureText.Read(Text(one, "Result"))
        ?? new Failure(FailureKind.Internal, $"{step ?? "a step"} failed", "Look it up in the host's log");
}
