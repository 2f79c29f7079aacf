namespace FineTuneFlow.Workflow.Notifying;

/// <summary>One thing to be told, in the outbox until it is delivered, and afterwards as the mark that it was.</summary>
/// <param name="Id">Follows from what is told, so that it is told once; sent as <c>webhook-id</c>.</param>
/// <param name="Event">What kind.</param>
/// <param name="Project">Of which project.</param>
/// <param name="RunId">Of which run; null: of none.</param>
/// <param name="Text">For a person, one sentence without texts of the data.</param>
/// <param name="At">When it happened.</param>
/// <param name="Attempts">Deliveries that were tried.</param>
/// <param name="NextAt">When the next is due.</param>
/// <param name="DeliveredAt">Null while it was not.</param>
public sealed record Notification(
    string Id, NotificationEvent Event, string Project, string? RunId, string Text, DateTimeOffset At, int Attempts, DateTimeOffset NextAt, DateTimeOffset? DeliveredAt)
{
    /// <summary>After so many it is given up.</summary>
    internal const int MostAttempts = 14;
}
