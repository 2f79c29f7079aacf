using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;

namespace FineTuneFlow.Engine.Tests;

public class SafetyTests
{
    private static readonly EventName<string> Go = new("Go");
    private static readonly ActivityName<int, int> First = new("First");
    private static readonly ActivityName<int, int> Second = new("Second");
    private static readonly OrchestrationName<Unit, int> Run = new("Run");

    private static WorkflowCatalog Activities => new WorkflowCatalog().Activity(First, i => i).Activity(Second, i => i);

    [Fact]
    public async Task Changed_code_is_found_out_with_both_actions_named_and_the_old_code_can_go_on()
    {
        WorkflowCatalog old = Activities.With(Run, async (context, _) => await context.CallAsync(First, 1) + (await context.WaitForEvent(Go)).Length);
        WorkflowCatalog changed = Activities.With(Run, async (context, _) => await context.CallAsync(Second, 1) + (await context.WaitForEvent(Go)).Length);
        await using EngineHarness harness = await EngineHarness.StartAsync(old);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.SettleAsync();
        harness.Catalog = changed;
        await harness.StopAndRestartAsync();
        await harness.Engine.RaiseEventAsync("r", Go, "four");

        InstanceState state = await harness.EndOfAsync("r");
        state.Failure!.Kind.ShouldBe(FailureKind.NonDeterministic);
        state.Failure.Message.ShouldContain("ActivityScheduled Second");
        state.Failure.Message.ShouldContain("ActivityScheduled First (entry 2)");

        harness.Catalog = old;
        await harness.StopAndRestartAsync();
        await harness.Engine.RewindAsync("r", "old code restored");
        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(5);
    }

    [Fact]
    public async Task A_timer_that_is_due_between_two_milliseconds_comes_after_it()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, async (context, _) =>
        {
            await context.DelayUntil(context.UtcNow + TimeSpan.FromMilliseconds(1.5));
            return 1;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task What_sets_timers_without_an_end_is_told_of_and_not_waited_for()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, async (context, _) =>
        {
            while (true)
            {
                await context.DelayUntil(context.UtcNow + TimeSpan.FromSeconds(1));
            }
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        harness.MostTimers = 50;
        await harness.Engine.StartAsync(Run, "r", Unit.Value);

        (await Should.ThrowAsync<InvalidOperationException>(harness.EndOfAsync("r"))).Message.ShouldStartWith("r has not ended after 50 timers");
    }

    [Fact]
    public async Task Code_that_asks_for_less_or_more_than_its_history_is_found_out_too()
    {
        WorkflowCatalog two = Activities.With(Run, async (context, _) =>
            (await Task.WhenAll(context.CallAsync(First, 1), context.CallAsync(Second, 2))).Sum() + (await context.WaitForEvent(Go)).Length);
        WorkflowCatalog one = Activities.With(Run, async (context, _) => await context.CallAsync(First, 1) + (await context.WaitForEvent(Go)).Length);
        foreach ((WorkflowCatalog before, WorkflowCatalog after, string says) in new[] { (two, one, "asks for nothing"), (one, two, "asks for ActivityScheduled Second") })
        {
            await using EngineHarness harness = await EngineHarness.StartAsync(before);
            await harness.Engine.StartAsync(Run, "r", Unit.Value);
            await harness.SettleAsync();
            harness.Catalog = after;
            await harness.StopAndRestartAsync();
            await harness.Engine.RaiseEventAsync("r", Go, "x");
            (await harness.EndOfAsync("r")).Failure!.Message.ShouldContain(says);
        }
    }

    // Foreign work that is done before it is awaited leaves no trace, so the task is completed by hand, surely after the turn.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Code_that_awaits_what_its_context_did_not_give_fails_instead_of_hanging(bool alsoWaitsForTheContext)
    {
        var foreign = new TaskCompletionSource();
        WorkflowCatalog catalog = Activities.With(Run, async (context, _) =>
        {
            Task<string> go = alsoWaitsForTheContext ? context.WaitForEvent(Go) : Task.FromResult("");
            await foreign.Task;
            return await context.CallAsync(First, (await go).Length);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.SettleAsync();
        foreign.SetResult();

        (await harness.EndOfAsync("r")).Failure!.Kind.ShouldBe(FailureKind.NonDeterministic);
    }

    [Fact]
    public async Task An_instance_goes_on_with_the_version_it_began_with_and_waits_for_a_host_that_has_it()
    {
        var v2 = new OrchestrationName<Unit, int>("Run", "2");
        WorkflowCatalog both = Activities
            .With(Run, async (context, _) => (await context.WaitForEvent(Go)).Length)
            .With(v2, async (context, _) => 100 * (await context.WaitForEvent(Go)).Length);
        WorkflowCatalog newOnly = Activities.With(v2, async (context, _) => 100 * (await context.WaitForEvent(Go)).Length);
        using var log = new LogLines();
        await using EngineHarness harness = await EngineHarness.StartAsync(both, loggers: log);
        await harness.Engine.StartAsync(Run, "old", Unit.Value);
        await harness.Engine.StartAsync(v2, "newer", Unit.Value);
        await harness.Engine.StartAsync(v2, "newest", Unit.Value);
        await harness.SettleAsync();
        await harness.StopAndRestartAsync();
        log.Written.ShouldBeEmpty();
        harness.Catalog = newOnly;
        await harness.StopAndRestartAsync();
        log.Written.ShouldBe(["Warning: 1 open instances wait for a host that has their version of the orchestration"]);

        await harness.Engine.RaiseEventAsync("old", Go, "kept");
        InstanceState held = (await harness.Engine.GetAsync("old"))!;
        held.HasEnded.ShouldBeFalse();
        held.Failure!.Message.ShouldBe("This host has Run in version 2, not in version 1");
        (await Should.ThrowAsync<FlowException>(() => harness.Engine.StartAsync(Run, "new", Unit.Value))).Failure.Remedy!.ShouldContain("version 1");

        harness.Catalog = both;
        await harness.StopAndRestartAsync();
        InstanceState state = await harness.EndOfAsync("old");
        state.Output!.GetValue<int>().ShouldBe(4);
        state.Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_second_engine_on_the_database_is_refused_and_told_who_has_it()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Activities);
        await using DurableEngine second = harness.MakeEngine();

        Failure failure = (await Should.ThrowAsync<FlowException>(() => second.StartAsync())).Failure;

        failure.Kind.ShouldBe(FailureKind.Conflict);
        failure.Message.ShouldContain($"process {Environment.ProcessId} ");
        await harness.Engine.StopAsync();
        await second.StartAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_database_or_a_newer_one_is_refused_and_left_as_it_is()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Activities);
        await harness.Engine.StopAsync();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={harness.DatabasePath};Pooling=False"))
        {
            connection.Open();
            using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version=99";
            command.ExecuteNonQuery();
        }

        Failure newer = (await Should.ThrowAsync<FlowException>(() => harness.MakeEngine().StartAsync())).Failure;
        newer.Kind.ShouldBe(FailureKind.Conflict);
        newer.Message.ShouldContain("schema 99");

        byte[] text = "this is a text, and longer than the header of a database, which has a hundred bytes at its beginning, as SQLite says"u8.ToArray();
        File.WriteAllBytes(harness.DatabasePath, text);
        (await Should.ThrowAsync<FlowException>(() => harness.MakeEngine().StartAsync())).Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        File.ReadAllBytes(harness.DatabasePath).ShouldBe(text);
    }

    [Fact]
    public async Task Payloads_over_the_limit_are_refused_with_a_remedy_wherever_they_come_from()
    {
        var take = new ActivityName<string, string>("Take");
        var give = new OrchestrationName<string, string>("Give");
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(take, s => new string('x', int.Parse(s, null)))
            .With(give, async (context, s) => s == "status"
                ? throw Should.Throw<FlowException>(() => context.SetStatus(new string('s', 300)))
                : await context.CallAsync(take, s == "input" ? new string('i', 3_000) : s));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxPayloadBytes = 2_048, MaxStatusBytes = 256 });

        foreach (string way in new[] { "input", "5000", "status" })
        {
            await harness.Engine.StartAsync(give, way, way);
            Failure failure = (await harness.EndOfAsync(way)).Failure!;
            failure.Kind.ShouldBe(FailureKind.InvalidInput);
            failure.Message.ShouldStartWith(way switch { "input" => "The input of Take", "status" => "The status", _ => "The output of Take" });
            failure.Remedy!.ShouldContain("reference");
        }

        (await Should.ThrowAsync<FlowException>(() => harness.Engine.StartAsync(give, "big", new string('b', 3_000)))).Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        (await harness.Engine.GetAsync("big")).ShouldBeNull();
    }

    [Fact]
    public async Task A_worker_that_dies_without_an_answer_gives_its_work_back_when_its_lease_has_run_out()
    {
        int given = 0;
        using var deaths = new SemaphoreSlim(0);
        WorkflowCatalog catalog = Activities.With(Run, (context, _) => context.CallAsync(First, 7));
        await using EngineHarness harness = await EngineHarness.StartAsync(
            catalog,
            probes: engine => engine.Activities.Kills = _ =>
            {
                deaths.Release();
                return given++ < 2;
            });
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        for (int i = 0; i < 3; i++)
        {
            while (!await deaths.WaitAsync(TimeSpan.FromMilliseconds(5)))
            {
                harness.Clock.Advance(TimeSpan.FromSeconds(20)); // A heart-beat.
            }
        }

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(7);
        given.ShouldBe(3);
    }

    [Fact]
    public async Task An_activity_that_kills_its_process_every_time_is_failed_in_the_end()
    {
        var begun = new SemaphoreSlim(0);
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(First, async (i, _) =>
            {
                begun.Release();
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                return i;
            })
            .With(Run, (context, _) => context.CallAsync(First, 7));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxDeliveries = 3, StopGrace = TimeSpan.Zero });
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        for (int i = 0; i < 3; i++)
        {
            (await begun.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
            await harness.Engine.Runtime.Commits.RunAsync(_ => true); // The lease's delivery count is durable.
            await harness.KillAndRestartAsync();
        }

        InstanceState state = await harness.EndOfAsync("r");
        state.Failure!.Message.ShouldContain("3 workers");
        state.Failure.Remedy.ShouldBe("Look at the host's log for what ends its process, then rewind the instance");
    }

    [Fact]
    public async Task Completions_delivered_twice_count_once()
    {
        WorkflowCatalog catalog = Activities.With(Run, async (context, _) =>
        {
            int sum = 0;
            for (int i = 0; i < 20; i++)
            {
                sum += await context.CallAsync(First, i);
                await context.DelayUntil(context.UtcNow + TimeSpan.FromSeconds(1));
            }

            return sum;
        });
        int copied = 0;
        await using EngineHarness harness = await EngineHarness.StartAsync(
            catalog, probes: engine => engine.Copies = m => m.Kind is MessageKind.ActivityEnded or MessageKind.TimerDue or MessageKind.Start ? Interlocked.Increment(ref copied) > 0 ? 3 : 0 : 1);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(190);
        (await harness.Engine.GetHistoryAsync("r")).Count(e => e.Kind == HistoryKind.ActivityCompleted).ShouldBe(20);
        copied.ShouldBe(41, "a beginning, twenty answers and twenty timers");
    }

    [Fact]
    public async Task An_hour_of_a_thousand_runs_passes_in_a_moment_with_a_clock_that_skips()
    {
        WorkflowCatalog catalog = Activities.With(Run, async (context, _) =>
        {
            int polls = 0;
            for (DateTimeOffset end = context.UtcNow + TimeSpan.FromHours(1); context.UtcNow < end; polls++)
            {
                await context.CallAsync(First, polls);
                await context.DelayUntil(context.UtcNow + TimeSpan.FromMinutes(10));
            }

            return polls;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxLiveOrchestrations = 300 });
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => harness.Engine.StartAsync(Run, $"r-{i}", Unit.Value)));
        DateTimeOffset began = harness.Clock.GetUtcNow();
        await harness.SettleAsync();
        while (harness.Engine.NextDue is { } due)
        {
            harness.Clock.AdvanceTo(due);
            await harness.SettleAsync();
        }

        (harness.Clock.GetUtcNow() - began).ShouldBe(TimeSpan.FromHours(1));
        InstancePage page = await harness.Engine.QueryAsync(new InstanceQuery { PageSize = 1_000, Statuses = [InstanceStatus.Completed] });
        page.Instances.Count.ShouldBe(1_000);
        page.Instances.ShouldAllBe(i => i.Output!.GetValue<int>() == 6);
    }

    [Fact]
    public void Settings_out_of_range_are_refused_by_name()
    {
        var options = new EngineOptions { DatabasePath = "x.db" };
        foreach ((EngineOptions wrong, string field) in new[]
        {
            (options with { DatabasePath = " " }, "DatabasePath"),
            (options with { MaxParallelActivities = 0 }, "MaxParallelActivities"),
            (options with { HeartBeat = TimeSpan.FromMinutes(2) }, "ActivityLease"),
        })
        {
            Should.Throw<FlowException>(wrong.Validated).Failure.Field.ShouldBe($"engine.{field}");
        }
    }
}
