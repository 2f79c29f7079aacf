using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Tests;

/// <summary>The dispatcher within a running engine: its places, its heart-beat, its leases in the file, and its end.</summary>
public sealed class DispatcherTests : IDisposable
{
    private static readonly ActivityName<int, int> Work = new("Work");
    private static readonly OrchestrationName<int, int> Run = new("Run");
    private const int Deaf = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<int> _begun = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<int>> _ends = new();
    private readonly SemaphoreSlim _begins = new(0);

    /// <summary>Work that ends when the test says so, or, up to 99, when it is asked to: with 0, or below zero with a failure.</summary>
    private WorkflowCatalog Catalog => new WorkflowCatalog()
        .Activity(Work, async (n, cancellation) =>
        {
            _begun.Enqueue(n);
            await using CancellationTokenRegistration _ = cancellation.Register(() =>
            {
                if (n < Deaf)
                {
                    EndOf(n).TrySetResult(0);
                }
            });
            _begins.Release();
            int end = await EndOf(n).Task;
            return n >= 0 ? end : throw new FlowException(FailureKind.JobFailed, "interrupted");
        })
        .With(Run, (context, n) => context.CallAsync(Work, n));

    [Fact]
    public async Task Places_that_are_kept_for_a_turn_are_given_to_nobody_else_until_they_are_given_up()
    {
        await using EngineHarness harness = await StartAsync(activities: 2);
        ActivityDispatcher activities = harness.Engine.Runtime.Activities;
        // A lease is two minutes long.
        long leaseEnd = harness.Clock.GetUtcNow().AddMinutes(2).UtcTicks;
        activities.Reserve().ShouldBe(leaseEnd);
        activities.Reserve().ShouldBe(leaseEnd);
        activities.Reserve().ShouldBeNull();
        await AskAsync(harness, "r", 7);
        (activities.Running, _begun.Count).ShouldBe((0, 0));

        activities.GiveUp(1);
        await BegunAsync();

        activities.Reserve().ShouldBeNull("one runs and the other place is still kept");
        activities.GiveUp(1);
        activities.Reserve().ShouldNotBeNull();
        activities.Reserve().ShouldBeNull();
        activities.GiveUp(1);
        EndOf(7).SetResult(8);
        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(8);
    }

    [Fact]
    public async Task Work_that_begins_does_not_put_off_the_heart_beat_of_what_runs_already()
    {
        await using EngineHarness harness = await StartAsync(activities: 2);
        await harness.Engine.StartAsync(Run, "first", 1);
        await BegunAsync();
        DateTimeOffset beat = harness.Clock.NextDue;
        harness.Clock.Advance(TimeSpan.FromSeconds(15));
        await harness.Engine.StartAsync(Run, "second", 2);
        await BegunAsync();

        harness.Clock.NextDue.ShouldBe(beat);
        beat.ShouldBe(harness.Clock.GetUtcNow().AddSeconds(5));
        EndOf(2).SetResult(0);
        await EndedAsync(harness, "second");
        await UntilAsync(() => Task.FromResult(harness.Engine.RunningActivities == 1));
        harness.Clock.NextDue.ShouldBe(beat, "the first still runs");
    }

    [Fact]
    public async Task Work_that_hangs_has_its_time_to_the_full_and_then_leaves_its_place_and_the_count_of_what_goes_on()
    {
        await using EngineHarness harness = await StartAsync(activities: 1, o => o with { ActivityTimeout = TimeSpan.FromMinutes(10) });
        await AskAsync(harness, "hangs", Deaf);
        await BegunAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(20));
        harness.Engine.RunningActivities.ShouldBe(1);
        harness.Clock.Advance(TimeSpan.FromSeconds(20));
        harness.Engine.RunningActivities.ShouldBe(0);
        harness.Clock.NextDue.ShouldBe(DateTimeOffset.MaxValue, "no heart beats where nothing runs");
        (await harness.EndOfAsync("hangs")).Failure!.ShouldSatisfyAllConditions(
            failure => failure.Message.ShouldBe("Work did not end within 00:10:00"),
            failure => failure.Remedy.ShouldNotBeNull().ShouldContain("look at the host's log"));

        // Its late answer ends nothing for a second time: the engine is not idle while something else runs.
        EndOf(Deaf).SetResult(0);
        foreach (int n in new[] { 1, 2 })
        {
            await AskAsync(harness, $"r{n}", n);
            await BegunAsync();
            harness.Engine.WhenIdleAsync().IsCompleted.ShouldBeFalse();
            EndOf(n).SetResult(0);
            await harness.EndOfAsync($"r{n}");
        }
    }

    [Fact]
    public async Task The_place_of_a_worker_that_died_is_free_again_when_its_lease_has_run_out_and_not_before()
    {
        int given = 0;
        // Its time is shorter than a lease, and yet it is not taken for one that hangs.
        await using EngineHarness harness = await StartAsync(
            activities: 1, o => o with { ActivityTimeout = TimeSpan.FromMinutes(1) }, engine => engine.Activities.Kills = _ => given++ == 0);
        await AskAsync(harness, "r", 1);
        (harness.Engine.RunningActivities, given).ShouldBe((1, 1));
        Leases(harness)[0].Deliveries.ShouldBe(1);

        harness.Clock.Advance(TimeSpan.FromSeconds(100));
        given.ShouldBe(1);
        harness.Clock.Advance(TimeSpan.FromSeconds(20));
        await BegunAsync();

        (harness.Engine.RunningActivities, given).ShouldBe((1, 2));
        await CommittedAsync(harness);
        Leases(harness)[0].Deliveries.ShouldBe(2);
        EndOf(1).SetResult(8);
        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(8);
    }

    [Fact]
    public async Task What_outlasts_its_time_while_the_engine_stops_has_not_failed()
    {
        await using EngineHarness harness = await StartAsync(activities: 1, o => o with { ActivityTimeout = TimeSpan.FromMinutes(10) });
        await AskAsync(harness, "r", Deaf);
        await BegunAsync();
        ActivityDispatcher activities = harness.Engine.Runtime.Activities;
        (await activities.StopAsync(TimeSpan.Zero)).Select(task => task.InstanceId).ShouldBe(["r"]);

        harness.Clock.Advance(TimeSpan.FromMinutes(11));
        await CommittedAsync(harness);

        activities.Running.ShouldBe(1);
        (await harness.Engine.GetHistoryAsync("r")).ShouldNotContain(e => e.Kind == HistoryKind.ActivityFailed);
    }

    [Fact]
    public async Task The_file_tells_how_often_work_was_given_and_until_when_its_lease_runs()
    {
        await using EngineHarness harness = await StartAsync(activities: 1);
        DateTimeOffset began = harness.Clock.GetUtcNow();
        await AskAsync(harness, "first", 1);
        await BegunAsync();
        await AskAsync(harness, "second", 2);
        Leases(harness).ShouldBe([(1, began.AddMinutes(2)), (0, null)]);

        harness.Clock.Advance(TimeSpan.FromSeconds(20));
        await CommittedAsync(harness);
        Leases(harness).ShouldBe([(1, began.AddSeconds(140)), (0, null)], "the heart has beaten");
        harness.Clock.Advance(TimeSpan.FromSeconds(1));
        EndOf(1).SetResult(0);
        await BegunAsync();
        await EndedAsync(harness, "first");
        Leases(harness).ShouldBe([(1, began.AddSeconds(141))]);

        EndOf(2).SetResult(0);
        await harness.EndOfAsync("second");
        Leases(harness).ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_of_a_rewound_instance_that_waits_for_a_place_has_not_been_given_to_anybody()
    {
        await using EngineHarness harness = await StartAsync(activities: 1);
        await harness.Engine.StartAsync(Run, "r", -1);
        await BegunAsync();
        EndOf(-1).SetResult(0);
        (await harness.EndOfAsync("r")).Status.ShouldBe(InstanceStatus.Failed);
        await AskAsync(harness, "holds the place", 2);
        await BegunAsync();

        await harness.Engine.RewindAsync("r", "again");
        await CommittedAsync(harness);

        Leases(harness).Select(lease => lease.Deliveries).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_stop_begins_nothing_that_waits_and_tells_what_has_not_answered()
    {
        await using EngineHarness harness = await StartAsync(activities: 2);
        await AskAsync(harness, "answers", 1);
        await AskAsync(harness, "is interrupted", -2);
        await BegunAsync();
        await BegunAsync();
        await AskAsync(harness, "waits", 3);
        ActivityDispatcher activities = harness.Engine.Runtime.Activities;

        IReadOnlyList<ActivityTask> unanswered = await activities.StopAsync(Patience);

        unanswered.Select(task => task.InstanceId).ShouldBe(["is interrupted"]);
        (activities.Running, activities.Reserve()).ShouldBe((0, null));
        _begun.Order().ShouldBe([-2, 1]);
    }

    [Fact]
    public async Task At_the_engines_end_no_heart_beats_and_nothing_is_begun()
    {
        await using EngineHarness harness = await StartAsync(activities: 2);
        await AskAsync(harness, "r", 1);
        await BegunAsync();
        ActivityDispatcher activities = harness.Engine.Runtime.Activities;
        harness.Clock.NextDue.ShouldBeLessThan(DateTimeOffset.MaxValue);

        activities.Dispose();

        harness.Clock.NextDue.ShouldBe(DateTimeOffset.MaxValue);
        activities.Start(new ActivityTask(9, "late", 1, 1, "Work", "9"), reserved: false);
        (activities.Running, activities.IsRunning(9), activities.Reserve()).ShouldBe((1, false, null));
    }

    public void Dispose() => _begins.Dispose();

    private Task<EngineHarness> StartAsync(int activities, Func<EngineOptions, EngineOptions>? options = null, Action<EngineRuntime>? probes = null) =>
        EngineHarness.StartAsync(Catalog, o => (options ?? (same => same))(o with { MaxParallelActivities = activities }), probes);

    /// <summary>Starts an instance and comes back when its work is recorded and given to the dispatcher.</summary>
    private static async Task AskAsync(EngineHarness harness, string id, int n)
    {
        await harness.Engine.StartAsync(Run, id, n);
        await UntilAsync(async () => (await harness.Engine.GetHistoryAsync(id)).Count == 2);
        await CommittedAsync(harness);
    }

    private static async Task EndedAsync(EngineHarness harness, string id)
    {
        await UntilAsync(async () => (await harness.Engine.GetAsync(id))!.HasEnded);
        await CommittedAsync(harness);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds; !await holds();)
        {
            Environment.TickCount64.ShouldBeLessThan(end);
            await Task.Yield();
        }
    }

    /// <summary>What was to be written before is in the file, and what follows from it has been done.</summary>
    private static async Task CommittedAsync(EngineHarness harness) => await harness.Engine.Runtime.Commits.RunAsync(_ => true).WaitAsync(Patience);

    private static List<(int Deliveries, DateTimeOffset? Until)> Leases(EngineHarness harness)
    {
        using var connection = new SqliteConnection($"Data Source={harness.DatabasePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT deliveries, lease_until FROM tasks ORDER BY instance";
        using SqliteDataReader reader = command.ExecuteReader();
        var leases = new List<(int, DateTimeOffset?)>();
        while (reader.Read())
        {
            leases.Add((reader.GetInt32(0), reader.IsDBNull(1) ? null : new DateTimeOffset(reader.GetInt64(1), TimeSpan.Zero)));
        }

        return leases;
    }

    private TaskCompletionSource<int> EndOf(int n) => _ends.GetOrAdd(n, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task BegunAsync() => (await _begins.WaitAsync(Patience)).ShouldBeTrue();
}
