using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Engine.Tests;

/// <summary>A program with what happens to it.</summary>
/// <param name="Program">What it does.</param>
/// <param name="Crashes">The engine dies at this commit counted from its start: before it is durable (positive) or just after (negative).</param>
/// <param name="Live">Orchestrations kept in memory: few of them means many replays.</param>
/// <param name="Copies">How often completions are delivered.</param>
/// <param name="Pauses">It is suspended, and resumed a moment later, at these moves of the one who drives it.</param>
public sealed record Scenario(ImmutableArray<Op> Program, ImmutableArray<int> Crashes, int Live, int Copies, ImmutableArray<int> Pauses)
{
    public override string ToString() =>
        $"{string.Join("; ", Program)} - crashes {string.Join(',', Crashes)}, live {Live}, copies {Copies}, pauses {string.Join(',', Pauses)}";
}

internal static class ProgramGenerator
{
    public static Arbitrary<Scenario> Scenarios { get; } = Arb.From(
        from size in Gen.Choose(1, 9)
        from program in Gen.ArrayOf(Root(), size)
        from crashCount in Gen.Choose(0, 6)
        from crashes in Gen.ArrayOf(Gen.OneOf(Gen.Choose(1, 12), Gen.Choose(-12, -1)), crashCount)
        from live in Gen.Choose(1, 4)
        from copies in Gen.Choose(1, 2)
        from pauseCount in Gen.Choose(0, 2)
        from pauses in Gen.ArrayOf(Gen.Choose(0, 8), pauseCount)
        select new Scenario([.. program], [.. crashes], live, copies, [.. pauses]),
        Shrink);

    private static Gen<Op> Leaf() => Gen.OneOf(
        Gen.Choose(1, 99).Select(n => (Op)new Op.Activity(n)),
        Gen.Choose(1, 30).Select(n => (Op)new Op.Timer(n)),
        Gen.Choose(1, 30).Select(n => (Op)new Op.MissedEvent(n)),
        from number in Gen.Choose(1, 99)
        from failures in Gen.Choose(0, 3)
        select (Op)new Op.Flaky(number, failures));

    private static Gen<Op> Event() => Gen.Choose(0, 1).Select(n => (Op)new Op.Event(n));

    private static Gen<Op> Nested(int depth, bool events)
    {
        Gen<Op> leaf = events ? Gen.OneOf(Leaf(), Leaf(), Event()) : Leaf();
        if (depth == 0)
        {
            return leaf;
        }

        Gen<Op> below = Nested(depth - 1, events);
        Gen<Op> parallel = from n in Gen.Choose(1, 4) from ops in Gen.ArrayOf(below, n) select (Op)new Op.Parallel([.. ops]);
        // Events go to the root; a child has an id of its own.
        Gen<Op> child = from n in Gen.Choose(1, 3) from ops in Gen.ArrayOf(Nested(depth - 1, events: false), n) select (Op)new Op.Child([.. ops]);
        return Gen.OneOf(leaf, leaf, parallel, child, below.Select(b => (Op)new Op.Try(b)));
    }

    private static Gen<Op> Root() => Gen.Frequency(
        (9, Nested(2, events: true)),
        (1, Gen.Constant((Op)new Op.Continue())));

    private static IEnumerable<Scenario> Shrink(Scenario scenario)
    {
        for (int i = 0; i < scenario.Program.Length; i++)
        {
            yield return scenario with { Program = scenario.Program.RemoveAt(i) };
        }

        for (int i = 0; i < scenario.Crashes.Length; i++)
        {
            yield return scenario with { Crashes = scenario.Crashes.RemoveAt(i) };
        }
    }
}
