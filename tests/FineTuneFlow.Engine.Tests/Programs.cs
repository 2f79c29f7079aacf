using System.Collections.Immutable;

namespace FineTuneFlow.Engine.Tests;

/// <summary>A random orchestration as data, so that the engine and a simple interpreter can both run it.</summary>
public abstract record Op
{
    /// <summary>Calls an activity that gives its number.</summary>
    public sealed record Activity(int Number) : Op;

    /// <summary>Calls an activity that fails for the given number of attempts of at most three.</summary>
    public sealed record Flaky(int Number, int Failures) : Op;

    public sealed record Timer(int Minutes) : Op;

    /// <summary>Waits for the next event of one of two names.</summary>
    public sealed record Event(int Name) : Op;

    /// <summary>Waits for an event with a deadline that comes first, since the event is never sent.</summary>
    public sealed record MissedEvent(int Minutes) : Op;

    public sealed record Parallel(ImmutableArray<Op> Branches) : Op
    {
        public override string ToString() => $"Parallel({string.Join(", ", Branches)})";
    }

    public sealed record Child(ImmutableArray<Op> Body) : Op
    {
        public override string ToString() => $"Child({string.Join(", ", Body)})";
    }

    /// <summary>Runs an operation that may fail and takes its failure.</summary>
    public sealed record Try(Op Body) : Op;

    /// <summary>At the root only: goes on with the rest as a new execution.</summary>
    public sealed record Continue : Op;
}
