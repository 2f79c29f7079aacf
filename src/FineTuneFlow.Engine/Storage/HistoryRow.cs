using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Storage;

/// <summary>One recorded event as it is stored.</summary>
internal sealed record HistoryRow
{
    public required int Sequence { get; init; }

    /// <summary>The time of the turn that recorded it, in UTC ticks.</summary>
    public required long At { get; init; }

    public required HistoryKind Kind { get; init; }

    public int? StepId { get; init; }

    public string? Name { get; init; }

    /// <summary>Id of the child or of the instance that an event goes to.</summary>
    public string? Target { get; init; }

    public string? Payload { get; init; }

    public Failure? Failure { get; init; }

    public long? Due { get; init; }

    /// <summary>Asked for by the orchestration's code.</summary>
    public bool IsAction => Kind is HistoryKind.ActivityScheduled or HistoryKind.ChildScheduled or HistoryKind.TimerCreated
        or HistoryKind.TimerCancelled or HistoryKind.EventSent;

    /// <summary>Given to the orchestration's code.</summary>
    public bool IsReceived => Kind is HistoryKind.ExecutionStarted or HistoryKind.EventReceived || CompletesStep;

    public bool CompletesStep => Kind is HistoryKind.ActivityCompleted or HistoryKind.ActivityFailed or HistoryKind.ChildCompleted
        or HistoryKind.ChildFailed or HistoryKind.TimerFired;

    /// <summary>How it is named in messages.</summary>
    public override string ToString() => (Kind, Name, Target) switch
    {
        (HistoryKind.EventSent, _, _) => $"EventSent {Name} to {Target}",
        (HistoryKind.TimerCancelled, _, _) => $"TimerCancelled of step {StepId}",
        (_, null, _) => Kind.ToString(),
        (_, _, null) => $"{Kind} {Name}",
        _ => $"{Kind} {Name} as {Target}",
    };
}
