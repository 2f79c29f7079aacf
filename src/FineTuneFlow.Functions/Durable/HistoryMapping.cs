using DurableTask.Core;
using DurableTask.Core.History;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Functions.Durable;

/// <summary>Durable Functions' history in the workflow's terms. What belongs to the engine alone (the beginning and end of its
/// turns) is left out.</summary>
internal static class HistoryMapping
{
    public static IReadOnlyList<HistoryEntry> Entries(IEnumerable<HistoryEvent> events)
    {
        HistoryEvent[] all = [.. events];
        // A completion tells the number of what it completes, not its name.
        Dictionary<int, string> names = [];
        foreach (HistoryEvent scheduled in all)
        {
            if (NameOfScheduled(scheduled) is { } name)
            {
                names[scheduled.EventId] = name;
            }
        }

        var entries = new List<HistoryEntry>();
        foreach (HistoryEvent one in all)
        {
            if (Entry(one, entries.Count + 1, names) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static string? NameOfScheduled(HistoryEvent one) => one switch
    {
        TaskScheduledEvent task => task.Name,
        SubOrchestrationInstanceCreatedEvent child => child.Name,
        _ => null,
    };

    private static HistoryEntry? Entry(HistoryEvent one, int sequence, Dictionary<int, string> names)
    {
        HistoryEntry Of(HistoryKind kind) => new() { Sequence = sequence, At = Utc(one.Timestamp), Kind = kind };
        string Name(int stepId) => names.GetValueOrDefault(stepId, "?");

        return one switch
        {
            ExecutionStartedEvent e => Of(HistoryKind.ExecutionStarted) with { Name = e.Name, Input = InstanceMapping.Json(e.Input) },
            TaskScheduledEvent e => Of(HistoryKind.ActivityScheduled) with
            {
                Name = e.Name,
                StepId = e.EventId,
                Input = InstanceMapping.Json(e.Input),
            },
            TaskCompletedEvent e => Of(HistoryKind.ActivityCompleted) with
            {
                Name = Name(e.TaskScheduledId),
                StepId = e.TaskScheduledId,
                Output = InstanceMapping.Json(e.Result),
            },
            TaskFailedEvent e => Of(HistoryKind.ActivityFailed) with
            {
                Name = Name(e.TaskScheduledId),
                StepId = e.TaskScheduledId,
                Failure = Failed(e.FailureDetails, e.Reason, Name(e.TaskScheduledId)),
            },
            SubOrchestrationInstanceCreatedEvent e => Of(HistoryKind.ChildScheduled) with
            {
                Name = e.Name,
                StepId = e.EventId,
                ChildId = e.InstanceId,
                Input = InstanceMapping.Json(e.Input),
            },
            SubOrchestrationInstanceCompletedEvent e => Of(HistoryKind.ChildCompleted) with
            {
                Name = Name(e.TaskScheduledId),
                StepId = e.TaskScheduledId,
                Output = InstanceMapping.Json(e.Result),
            },
            SubOrchestrationInstanceFailedEvent e => Of(HistoryKind.ChildFailed) with
            {
                Name = Name(e.TaskScheduledId),
                StepId = e.TaskScheduledId,
                Failure = Failed(e.FailureDetails, e.Reason, Name(e.TaskScheduledId)),
            },
            TimerCreatedEvent e => Of(HistoryKind.TimerCreated) with { StepId = e.EventId, DueAt = Utc(e.FireAt) },
            TimerFiredEvent e => Of(HistoryKind.TimerFired) with { StepId = e.TimerId, DueAt = Utc(e.FireAt) },
            EventRaisedEvent e => Of(HistoryKind.EventReceived) with { Name = e.Name, Input = InstanceMapping.Json(e.Input) },
            EventSentEvent e => Of(HistoryKind.EventSent) with { Name = e.Name, ChildId = e.InstanceId, Input = InstanceMapping.Json(e.Input) },
            // Before ExecutionCompletedEvent, which it derives from.
            ContinueAsNewEvent e => Of(HistoryKind.ContinuedAsNew) with { Input = InstanceMapping.Json(e.Result) },
            ExecutionSuspendedEvent => Of(HistoryKind.Suspended),
            ExecutionResumedEvent => Of(HistoryKind.Resumed),
            ExecutionRewoundEvent => Of(HistoryKind.Rewound),
            ExecutionTerminatedEvent => Of(HistoryKind.ExecutionTerminated),
            ExecutionCompletedEvent { OrchestrationStatus: OrchestrationStatus.Failed } e => Of(HistoryKind.ExecutionFailed) with
            {
                Failure = Failed(e.FailureDetails, e.Result, "the orchestration"),
            },
            ExecutionCompletedEvent { OrchestrationStatus: OrchestrationStatus.ContinuedAsNew } => Of(HistoryKind.ContinuedAsNew),
            ExecutionCompletedEvent { OrchestrationStatus: OrchestrationStatus.Terminated } => null,
            ExecutionCompletedEvent e => Of(HistoryKind.ExecutionCompleted) with { Output = InstanceMapping.Json(e.Result) },
            _ => null,
        };
    }

    private static Failure Failed(FailureDetails? details, string? reason, string step)
    {
        for (FailureDetails? at = details; at is not null; at = at.InnerFailure)
        {
            if (FailureText.Read(at.ErrorMessage) is { } failure)
            {
                return failure;
            }
        }

        return FailureText.Read(reason) ?? FailureOf.Foreign(details?.ErrorType ?? "", step);
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
