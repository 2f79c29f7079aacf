using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Engine.Scheduling;

internal enum MessageKind
{
    Start,
    ActivityEnded,
    ChildEnded,
    TimerDue,
    Event,
    Suspend,
    Resume,
    Terminate,
    /// <summary>Nothing new: look how the code stands (after a rewind, or when foreign code has interfered).</summary>
    Look,
}

/// <summary>Something for an instance to take in at its next turn.</summary>
internal sealed class Message
{
    public required MessageKind Kind { get; init; }

    /// <summary>The execution that a completion belongs to; of a child's end the generation.</summary>
    public int Execution { get; init; }

    public int Step { get; init; }

    public string? Name { get; init; }

    /// <summary>Output, event payload or reason.</summary>
    public string? Payload { get; init; }

    public Failure? Failure { get; init; }

    /// <summary>Its row in the inbox, or 0 where it can be had again (an activity runs again, a timer is due again).
    /// Written and read on the commit thread.</summary>
    public long InboxId { get; set; }

    /// <summary>It is in the inbox or on its way there.</summary>
    public bool Stored { get; set; }

    /// <summary>From an earlier execution of the same instance.</summary>
    public bool Carried { get; init; }

    /// <summary>Completed when the message's effect is durable.</summary>
    public TaskCompletionSource? Taken { get; init; }

    public bool IsControl => Kind is MessageKind.Suspend or MessageKind.Resume or MessageKind.Terminate;
}
