namespace FineTuneFlow.Simulator.Jobs;

/// <summary>The states of a job and the moves between them.</summary>
internal static class JobStatus
{
    public const string Validating = "validating_files";
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Paused = "paused";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    private static readonly HashSet<(string From, string To)> Moves =
    [
        (Validating, Queued), (Validating, Failed), (Validating, Cancelled), (Validating, Paused),
        (Queued, Running), (Queued, Cancelled), (Queued, Paused), (Queued, Failed),
        (Running, Succeeded), (Running, Failed), (Running, Cancelled), (Running, Paused),
        // A simulator that was killed trains again from the start.
        (Running, Queued),
        (Paused, Queued), (Paused, Validating), (Paused, Cancelled),
    ];

    public static bool IsTerminal(string status) => status is Succeeded or Failed or Cancelled;

    public static bool CanMove(string from, string to) => Moves.Contains((from, to));
}
