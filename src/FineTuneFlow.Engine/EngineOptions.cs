using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Engine;

/// <summary>How the embedded engine works. Checked when the engine is made.</summary>
public sealed record EngineOptions
{
    /// <summary>The SQLite file; its folder is made where it is missing. One engine at a time may have it open.</summary>
    public required string DatabasePath { get; init; }

    /// <summary>Turns of orchestrations computed at the same time, 1 to 1,024.</summary>
    public int MaxParallelOrchestrations { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Activities running at the same time, 1 to 10,000.</summary>
    public int MaxParallelActivities { get; init; } = 64;

    /// <summary>Orchestrations kept in memory between their turns; a colder one is replayed from its history when it goes on.</summary>
    public int MaxLiveOrchestrations { get; init; } = 2_000;

    /// <summary>How long an activity stays with a worker that gives no sign of life.</summary>
    public TimeSpan ActivityLease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the leases of running activities are renewed; at most half a lease.</summary>
    public TimeSpan HeartBeat { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one attempt of an activity may take. One that hangs is asked to end and counts as failed (Unavailable, so that
    /// its policy tries it again); what it would still answer is not taken. As in host.json's functionTimeout.</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>An activity whose worker died this often while running it is failed, so that one that kills its process
    /// does not do so forever.</summary>
    public int MaxDeliveries { get; init; } = 25;

    /// <summary>Largest input, output or event in UTF-8 bytes. History carries references, not data; what a run of the most candidates that
    /// a recipe may ask for hands on fits, and half of what the Durable Task Scheduler takes is left.</summary>
    public int MaxPayloadBytes { get; init; } = 512 * 1024;

    /// <summary>Largest custom status in UTF-8 bytes.</summary>
    public int MaxStatusBytes { get; init; } = 16 * 1024;

    /// <summary>How many executions of an instance that continues as new keep their whole history; of older ones only the
    /// entry with which they ended stays.</summary>
    public int KeptExecutions { get; init; } = 10;

    /// <summary>How long a stop waits for running activities after it has asked them to end.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told of every delivery of an activity: called with the activity's name and the instance's id as it begins, in the
    /// activity's own flow of execution. What it gives is called once at the end, with the failure or null. Neither may throw.</summary>
    public Func<string, string, Action<Failure?>>? ObserveActivity { get; init; }

    /// <exception cref="FlowException">InvalidInput: a setting is out of its range.</exception>
    public EngineOptions Validated()
    {
        Check(!string.IsNullOrWhiteSpace(DatabasePath), nameof(DatabasePath), "is empty", "Name the SQLite file.");
        Range(MaxParallelOrchestrations, 1, 1_024, nameof(MaxParallelOrchestrations));
        Range(MaxParallelActivities, 1, 10_000, nameof(MaxParallelActivities));
        Range(MaxLiveOrchestrations, 1, 1_000_000, nameof(MaxLiveOrchestrations));
        Range(MaxDeliveries, 1, 1_000, nameof(MaxDeliveries));
        Range(MaxPayloadBytes, 1_024, 16 * 1024 * 1024, nameof(MaxPayloadBytes));
        Range(MaxStatusBytes, 256, 1024 * 1024, nameof(MaxStatusBytes));
        Range(KeptExecutions, 1, 1_000_000, nameof(KeptExecutions));
        Check(HeartBeat > TimeSpan.Zero, nameof(HeartBeat), "is not above zero", "Give a time such as 00:00:20.");
        Check(ActivityLease >= 2 * HeartBeat, nameof(ActivityLease), "is shorter than two heart-beats", "Give at least twice HeartBeat.");
        Check(ActivityTimeout >= HeartBeat, nameof(ActivityTimeout), "is shorter than a heart-beat, at which it is looked for", "Give at least HeartBeat.");
        Check(StopGrace >= TimeSpan.Zero, nameof(StopGrace), "is below zero", "Give zero or more.");
        return this;
    }

    private static void Range(int value, int least, int most, string field) =>
        Check(value >= least && value <= most, field, $"is {value}", $"Give {least} to {most}.");

    private static void Check(bool good, string field, string what, string remedy)
    {
        if (!good)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, $"{field} {what}", remedy, Field: $"engine.{field}"));
        }
    }
}
