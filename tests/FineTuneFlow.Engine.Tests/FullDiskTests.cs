using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Tests;

public sealed class FullDiskTests
{
    private const int SqliteFull = 13;
    private static readonly ActivityName<int, int> Same = new("Same");
    private static readonly OrchestrationName<Unit, int> Run = new("Run");

    [Fact]
    public async Task A_full_disk_is_waited_for_and_nothing_is_lost_or_done_twice()
    {
        bool full = false;
        int done = 0;
        using var refusedWrites = new SemaphoreSlim(0);
        CommitThread commits = null!;
        using var log = new LogLines();
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Same, input => Interlocked.Increment(ref done) > 0 ? input : 0)
            // Some begin at once in places that are kept for them, the others queue.
            .With(Run, async (context, _) => (await Task.WhenAll(Enumerable.Range(0, 12).Select(i => context.CallAsync(Same, i)))).Sum());
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxParallelActivities = 4 }, engine =>
        {
            commits = engine.Commits;
            engine.Commits.Probe = before =>
            {
                if (before && Volatile.Read(ref full))
                {
                    refusedWrites.Release();
                    throw new SqliteException("database or disk is full", SqliteFull);
                }
            };
        }, log);
        await harness.Engine.StartAsync(Run, "before", Unit.Value);
        Volatile.Write(ref full, true);
        Task<bool> meanwhile = harness.Engine.StartAsync(Run, "meanwhile", Unit.Value);
        // The second one tells that what was refused is tried again.
        (await refusedWrites.WaitAsync(TimeSpan.FromSeconds(20)) && await refusedWrites.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();

        FlowException refused = await Should.ThrowAsync<FlowException>(() => harness.Engine.StartAsync(Run, "refused", Unit.Value));

        refused.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        refused.Failure.Message.ShouldContain($"{harness.DatabasePath}: its disk is full");
        refused.Failure.Remedy.ShouldBe("Make room on it: what runs goes on by itself");
        Volatile.Write(ref full, false);
        (await meanwhile).ShouldBeTrue();
        foreach (string id in new[] { "before", "meanwhile" })
        {
            InstanceState ended = await harness.EndOfAsync(id);
            ended.Status.ShouldBe(InstanceStatus.Completed, ended.ToString());
            ended.Output!.GetValue<int>().ShouldBe(66);
        }

        done.ShouldBe(24);
        commits.ThrowIfFull();
        log.Written.Count.ShouldBe(2);
        log.Written.First().ShouldStartWith($"Error: The engine waits: {harness.DatabasePath}: its disk is full");
        log.Written.First().ShouldEndWith(". Make room on it: what runs goes on by itself");
        log.Written.Last().ShouldBe("Information: The engine's disk has room again: what runs goes on");
    }

    [Fact]
    public async Task A_turn_for_which_there_was_no_room_at_first_begins_its_work_and_its_child_and_sends_its_event_once()
    {
        int refusals = 0;
        int begun = 0;
        int done = 0;
        var go = new EventName<int>("Go");
        var child = new OrchestrationName<Unit, int>("Child");
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Same, input => Interlocked.Increment(ref done) > 0 ? input : 0)
            .With(child, async (context, _) =>
            {
                Interlocked.Increment(ref begun);
                return await context.WaitForEvent(go);
            })
            .With(Run, async (context, _) =>
            {
                int number = await context.WaitForEvent(go);
                Task<int> answer = context.CallAsync(child, Unit.Value);
                context.SendEvent("listens", go, number);
                // For two of them places are kept, the third one queues.
                int[] work = await Task.WhenAll(Enumerable.Range(1, 3).Select(i => context.CallAsync(Same, i)));
                return work.Sum() + await answer;
            });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxParallelActivities = 2 }, engine => engine.Commits.Probe = before =>
        {
            if (before && Interlocked.Decrement(ref refusals) >= 0)
            {
                throw new SqliteException("database or disk is full", SqliteFull);
            }
        });
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.Engine.StartAsync(child, "listens", Unit.Value);
        await harness.SettleAsync();
        begun.ShouldBe(1);
        await harness.Engine.SuspendAsync("listens", "so that it takes nothing");
        Volatile.Write(ref refusals, 1);

        await harness.Engine.RaiseEventAsync("r", go, 4);
        await harness.SettleAsync();

        (begun, done).ShouldBe((2, 3));
        new[] { harness.Engine.Runtime.Activities.Reserve(), harness.Engine.Runtime.Activities.Reserve() }.ShouldAllBe(lease => lease != null, "all places are free again");
        harness.Engine.Runtime.Find("listens")!.TakeAll().Count.ShouldBe(1);
        await harness.Engine.RaiseEventAsync("r:1", go, 5);
        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(11);
    }

    [Fact]
    public async Task An_engine_that_is_stopped_on_a_full_disk_stops_and_goes_on_from_what_was_stored()
    {
        bool full = false;
        using var refusedWrites = new SemaphoreSlim(0);
        WorkflowCatalog catalog = new WorkflowCatalog().Activity(Same, input => input).With(Run, (context, _) => context.CallAsync(Same, 7));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, probes: engine => engine.Commits.Probe = before =>
        {
            if (before && Volatile.Read(ref full))
            {
                refusedWrites.Release();
                throw new SqliteException("database or disk is full", SqliteFull);
            }
        });
        await harness.Engine.StartAsync(Run, "kept", Unit.Value);
        Volatile.Write(ref full, true);
        Task<bool> lost = harness.Engine.StartAsync(Run, "lost", Unit.Value);
        (await refusedWrites.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();

        await harness.Engine.StopAsync();

        (await Should.ThrowAsync<FlowException>(() => lost)).Failure.Kind.ShouldBe(FailureKind.Unavailable);
        Volatile.Write(ref full, false);
        await harness.StartEngineAsync();
        (await harness.EndOfAsync("kept")).Output!.GetValue<int>().ShouldBe(7);
    }
}
