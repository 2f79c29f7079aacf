using DurableTask.Core;
using DurableTask.Core.History;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Functions.Durable;

namespace FineTuneFlow.Functions.AppTests.Durable;

/// <summary>The in-memory backend tells no history; these are the events that other backends tell.</summary>
public sealed class HistoryMappingTests
{
    [Fact]
    public void Completions_get_the_name_of_what_they_complete_and_failures_come_back_whole()
    {
        var failure = new Failure(FailureKind.Throttled, "wait", RetryAfter: TimeSpan.FromSeconds(4));
        HistoryEvent[] events =
        [
            new OrchestratorStartedEvent(-1),
            new ExecutionStartedEvent(-1, "{\"runId\":\"r\"}") { Name = "FineTuneRun" },
            new TaskScheduledEvent(0, "PollJob", "1", "{}"),
            new OrchestratorCompletedEvent(-1),
            new TaskFailedEvent(-1, 0, "reason", null, new FailureDetails("T", FailureText.Write(failure), null, null, false)),
            new TimerCreatedEvent(1, new DateTime(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc)),
            new TimerFiredEvent(-1) { TimerId = 1, FireAt = new DateTime(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc) },
            new SubOrchestrationInstanceCreatedEvent(2) { Name = "MonitorJob", InstanceId = "r:a:job", Input = "{}" },
            new SubOrchestrationInstanceCompletedEvent(-1, 2, "{\"failure\":null}"),
            new EventRaisedEvent(-1, "{\"approved\":true}") { Name = "Approval" },
            new EventSentEvent(3) { Name = "Wake", InstanceId = "r:a:job", Input = "{}" },
            new ExecutionSuspendedEvent(-1, "look"),
            new ExecutionResumedEvent(-1, "go"),
            new ContinueAsNewEvent(4, "{}"),
            new ExecutionCompletedEvent(5, "out", OrchestrationStatus.Failed, new FailureDetails("NonDeterministicOrchestrationException", "x", null, null, true)),
        ];

        IReadOnlyList<HistoryEntry> history = HistoryMapping.Entries(events);

        history.Select(e => e.Kind).ShouldBe([
            HistoryKind.ExecutionStarted, HistoryKind.ActivityScheduled, HistoryKind.ActivityFailed, HistoryKind.TimerCreated, HistoryKind.TimerFired,
            HistoryKind.ChildScheduled, HistoryKind.ChildCompleted, HistoryKind.EventReceived, HistoryKind.EventSent, HistoryKind.Suspended,
            HistoryKind.Resumed, HistoryKind.ContinuedAsNew, HistoryKind.ExecutionFailed,
        ]);
        history.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, 13));
        history[2].Name.ShouldBe("PollJob");
        history[2].StepId.ShouldBe(0);
        history[2].Failure.ShouldBe(failure);
        history[4].StepId.ShouldBe(history[3].StepId);
        history[6].Name.ShouldBe("MonitorJob");
        history[5].ChildId.ShouldBe("r:a:job");
        history[7].Input!["approved"]!.GetValue<bool>().ShouldBeTrue();
        history[12].Failure!.Kind.ShouldBe(FailureKind.NonDeterministic);
    }
}
