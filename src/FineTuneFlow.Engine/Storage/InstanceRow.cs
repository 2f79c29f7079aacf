using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Storage;

/// <summary>What the engine holds of an open instance between its turns.</summary>
internal sealed record InstanceRow
{
    public required long Key { get; init; }
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Version { get; init; }
    public required InstanceStatus Status { get; init; }

    /// <summary>The current execution has had its first turn.</summary>
    public required bool Begun { get; init; }

    /// <summary>From 1; one more for each continue-as-new and each rewind.</summary>
    public required int Execution { get; init; }

    /// <summary>From 1; one more for each beginning with an empty history.</summary>
    public required int Generation { get; init; }

    /// <summary>When it was last written before it was read, in UTC ticks: its time must not go back behind that.</summary>
    public long UpdatedAt { get; init; }

    public required string Input { get; init; }
    public ParentStep? Parent { get; init; }
}

/// <summary>The step of another instance that waits for this one: by its generation, in which a rewind keeps the numbers of steps.</summary>
internal sealed record ParentStep(long Key, int Generation, int Step);
