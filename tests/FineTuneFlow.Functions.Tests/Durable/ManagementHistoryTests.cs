using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Functions.Durable;

namespace FineTuneFlow.Functions.Tests.Durable;

public sealed class ManagementHistoryTests
{
    [Fact]
    public void The_hosts_history_becomes_ours()
    {
        string failure = JsonSerializer.Serialize($"Task 'SubmitJob' (#1) failed: {FailureText.Write(new Failure(FailureKind.Forbidden, "no"))}");
        JsonNode status = JsonNode.Parse($$"""
            {
              "name": "FineTuneRun", "runtimeStatus": "Failed",
              "historyEvents": [
                { "EventType": "ExecutionStarted", "Timestamp": "2026-11-22T10:00:00Z", "FunctionName": "FineTuneRun", "Input": { "runId": "r" } },
                { "EventType": "TaskCompleted", "Timestamp": "2026-11-22T10:00:05Z", "ScheduledTime": "2026-11-22T10:00:01Z", "FunctionName": "PreparePlan", "Result": "{\"candidates\":2}" },
                { "EventType": "TimerCreated", "Timestamp": "2026-11-22T10:00:06Z", "FireAt": "2026-11-22T10:00:16Z" },
                { "EventType": "TimerFired", "Timestamp": "2026-11-22T10:00:16Z", "FireAt": "2026-11-22T10:00:16Z" },
                { "EventType": "EventRaised", "Timestamp": "2026-11-22T10:00:17Z", "Name": "Approval", "Input": { "approved": true } },
                { "EventType": "SubOrchestrationInstanceCompleted", "Timestamp": "2026-11-22T10:00:19Z", "ScheduledTime": "2026-11-22T10:00:18Z", "InstanceId": "r:a:train", "FunctionName": "TrainCandidate", "Result": null },
                { "EventType": "TaskFailed", "Timestamp": "2026-11-22T10:00:20Z", "ScheduledTime": "2026-11-22T10:00:19Z", "FunctionName": "SubmitJob", "Reason": {{failure}} },
                { "EventType": "SomethingNew", "Timestamp": "2026-11-22T10:00:20Z" },
                { "EventType": "ExecutionCompleted", "Timestamp": "2026-11-22T10:00:21Z", "OrchestrationStatus": "Failed", "Result": "defect" }
              ]
            }
            """)!;

        IReadOnlyList<HistoryEntry> history = ManagementHistory.Read(status);

        history.Select(e => e.Kind).ShouldBe([
            HistoryKind.ExecutionStarted, HistoryKind.ActivityScheduled, HistoryKind.ActivityCompleted, HistoryKind.TimerCreated,
            HistoryKind.TimerFired, HistoryKind.EventReceived, HistoryKind.ChildScheduled, HistoryKind.ChildCompleted,
            HistoryKind.ActivityScheduled, HistoryKind.ActivityFailed, HistoryKind.ExecutionFailed,
        ]);
        history.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, 11));
        history[2].Output!["candidates"]!.GetValue<int>().ShouldBe(2);
        history[1].At.ShouldBe(DateTimeOffset.Parse("2026-11-22T10:00:01Z", System.Globalization.CultureInfo.InvariantCulture));
        history[3].DueAt!.Value.Second.ShouldBe(16);
        history[5].Name.ShouldBe("Approval");
        history[6].ChildId.ShouldBe("r:a:train");
        history[9].Failure.ShouldBe(new Failure(FailureKind.Forbidden, "no"));
        history[10].Failure!.Kind.ShouldBe(FailureKind.Internal);
    }

    [Fact]
    public void An_answer_of_another_shape_is_refused() =>
        Should.Throw<JsonException>(() => ManagementHistory.Read(JsonNode.Parse("""{ "name": "x" }""")!));
}
