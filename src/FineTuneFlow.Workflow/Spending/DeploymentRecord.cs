namespace FineTuneFlow.Workflow.Spending;

/// <param name="Name">Of the deployment.</param>
/// <param name="AskedAt">From when its hours count.</param>
/// <param name="RemovedAt">Null while it may stand.</param>
/// <param name="HostingUsd">What it has cost, known at its removal.</param>
/// <param name="HourlyUsd">What it costs while it stands, written down before its removal is asked for.</param>
/// <param name="Remade">How often it was deleted and made again, as it was stuck.</param>
/// <param name="NotBefore">When it may be made again; null: it was never deleted for that.</param>
/// <param name="AskedAwayAt">When its removal was last asked for while it stood; null: it was not.</param>
/// <param name="EarlierHours">How long those stood that were given up.</param>
public sealed record DeploymentRecord(
    string Provider, string Name, DateTimeOffset AskedAt, DateTimeOffset? RemovedAt, double HostingUsd, double HourlyUsd = 0, int Remade = 0, DateTimeOffset? NotBefore = null,
    DateTimeOffset? AskedAwayAt = null, double EarlierHours = 0)
{
    /// <summary>What it has cost and for how many hours, those of one that was given up among them; null: it may stand still.</summary>
    public (double Usd, double? Hours) Hosting() => (HostingUsd, RemovedAt is { } removed ? HoursUntil(removed) : null);

    internal double HoursUntil(DateTimeOffset until) => EarlierHours + Math.Max(0, (until - AskedAt).TotalHours);
}
