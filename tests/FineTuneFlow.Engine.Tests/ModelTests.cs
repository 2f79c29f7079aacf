using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Engine.Storage;
using FineTuneFlow.Tests;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Engine.Tests;

public class ModelTests
{
    // FTF_MODEL_TESTS makes a long campaign of it; FsCheck prints the seed of a failure.
    private static readonly int Scenarios = int.Parse(Environment.GetEnvironmentVariable("FTF_MODEL_TESTS") ?? "60", null);

    [Fact]
    public void Random_programs_give_what_the_reference_gives_whatever_crashes_and_comes_twice() =>
        Prop.ForAll(ProgramGenerator.Scenarios, Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(Scenarios));

    [Fact]
    public void A_failed_random_program_ends_well_when_it_is_rewound_after_the_repair() =>
        Prop.ForAll(ProgramGenerator.Scenarios, scenario =>
            Task.Run(() => RewindAsync(scenario)).WaitAsync(TimeSpan.FromMinutes(1)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Scenarios));

    private static void Holds(Scenario scenario) => Task.Run(() => RunAsync(scenario)).WaitAsync(TimeSpan.FromMinutes(1)).GetAwaiter().GetResult();

    private static async Task RunAsync(Scenario scenario)
    {
        var program = new ProgramOrchestration(scenario.Program);
        var crashes = new Queue<int>(scenario.Crashes);
        await using EngineHarness harness = await EngineHarness.StartAsync(
            program.Catalog,
            o => o with { MaxLiveOrchestrations = scenario.Live, MaxParallelActivities = 3 },
            engine =>
            {
                engine.Copies = m => m.Kind is MessageKind.ActivityEnded or MessageKind.TimerDue ? scenario.Copies : 1;
                engine.Commits.Probe = CrashAt(crashes.TryDequeue(out int at) ? at : 0);
            });
        var toRaise = new Queue<(int Name, int Value)>(
            Enumerable.Range(0, 2).SelectMany(name => Enumerable.Range(0, program.Events[name]).Select(n => (name, ReferenceInterpreter.EventValue(n)))));
        InstanceState? state = null;
        bool suspended = false;
        for (int move = 0; state?.HasEnded != true; move++)
        {
            try
            {
                if (suspended)
                {
                    await harness.Engine.ResumeAsync("root", "go on");
                    suspended = false;
                }

                await harness.Engine.StartAsync(ProgramOrchestration.Root, "root", new ProgramOrchestration.Place(0, 0));
                if (scenario.Pauses.Contains(move))
                {
                    suspended = true;
                    await harness.Engine.SuspendAsync("root", "pause");
                }

                if (toRaise.TryPeek(out (int Name, int Value) next))
                {
                    if (!IsStored(harness, next.Name, next.Value))
                    {
                        await harness.Engine.RaiseEventAsync("root", ProgramOrchestration.Event(next.Name), next.Value);
                    }

                    toRaise.Dequeue();
                    continue; // The engine is in the middle of it when the next one comes.
                }
            }
            catch (FlowException crashed) when (crashed.Failure.Kind == FailureKind.Unavailable)
            {
                // Whoever asked is told a moment before the engine is known to have failed.
                await harness.Engine.Faulted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (FlowException ended) when (ended.Failure.Kind == FailureKind.Conflict)
            {
                toRaise.Clear();
                suspended = false;
            }

            Task idle = harness.SettleAsync();
            if (await Task.WhenAny(idle, harness.Engine.Faulted) == idle)
            {
                await idle;
            }

            if (harness.Engine.Faulted.IsFaulted)
            {
                await harness.KillAndRestartAsync();
                continue;
            }

            state = await harness.Engine.GetAsync("root");
            if (state?.HasEnded != true && toRaise.Count == 0 && !suspended)
            {
                harness.Clock.AdvanceTo(harness.Engine.NextDue ?? throw new InvalidOperationException($"stuck: {state}"));
            }
        }

        int? expected = ReferenceInterpreter.Result(scenario.Program);
        (state.Status == InstanceStatus.Completed ? state.Output!.GetValue<int>() : (int?)null).ShouldBe(expected);
        await Replays.AssertEveryPrefixAsync(harness.Engine, harness.Catalog);
    }

    private static async Task RewindAsync(Scenario scenario)
    {
        var program = new ProgramOrchestration(scenario.Program);
        await using EngineHarness harness = await EngineHarness.StartAsync(program.Catalog, o => o with { MaxLiveOrchestrations = scenario.Live });
        await harness.Engine.StartAsync(ProgramOrchestration.Root, "root", new ProgramOrchestration.Place(0, 0));
        for (int name = 0; name < 2; name++)
        {
            for (int n = 0; n < program.Events[name]; n++)
            {
                await harness.Engine.RaiseEventAsync("root", ProgramOrchestration.Event(name), ReferenceInterpreter.EventValue(n));
            }
        }

        InstanceState state = await harness.EndOfAsync("root");
        program.Repaired = true;
        if (state.Status == InstanceStatus.Failed)
        {
            await harness.Engine.RewindAsync("root", "repaired");
            if (scenario.Copies == 2)
            {
                await harness.KillAndRestartAsync();
            }

            state = await harness.EndOfAsync("root");
        }

        state.Status.ShouldBe(InstanceStatus.Completed, state.Failure?.ToString());
        await Replays.AssertEveryPrefixAsync(harness.Engine, harness.Catalog);
    }

    private static Action<bool>? CrashAt(int commit)
    {
        int count = 0;
        return commit == 0 ? null : before =>
        {
            if (before == commit > 0 && ++count == Math.Abs(commit))
            {
                throw new InvalidOperationException("crash");
            }
        };
    }

    /// <summary>Whether an event whose answer was lost in a crash has been stored all the same.</summary>
    private static bool IsStored(EngineHarness harness, int name, int value)
    {
        EngineDatabase database = harness.Engine.Runtime.Database;
        string payload = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return database.Read(read => read.Inbox()).Exists(m => m.Message.Name == $"E{name}" && m.Message.Payload == payload)
            || database.Read(read => read.WholeHistory(read.Row("root")!.Key)).Exists(r => r.Name == $"E{name}" && r.Payload == payload);
    }
}
