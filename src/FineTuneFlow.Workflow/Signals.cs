using FineTuneFlow.Durable;

namespace FineTuneFlow.Workflow;

/// <summary>External events.</summary>
public static class Signals
{
    /// <summary>To a run that waits with its quote.</summary>
    public static readonly EventName<ApprovalDecision> Approval = new(nameof(Approval));

    /// <summary>To a run: cancel its jobs, remove its deployments, end.</summary>
    public static readonly EventName<CancelRequest> Cancel = new(nameof(Cancel));

    /// <summary>To whatever waits by a timer (job monitor, slot queue): look again now. Sent by webhooks and by cancelling.</summary>
    public static readonly EventName<WakeUp> Wake = new(nameof(Wake));
}

public sealed record ApprovalDecision(bool Approved, string? By = null, string? Comment = null);

public sealed record CancelRequest(string? By = null, string? Reason = null);

/// <param name="Reason">For the log; <see cref="Cancelled"/> ends the wait for good.</param>
public sealed record WakeUp(string Reason)
{
    public const string Cancelled = "cancelled";
}
