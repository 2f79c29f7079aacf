using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Engine.Storage;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Tests;

/// <summary>What passes between the parts of a running engine at moments that seldom come, and what an end leaves behind.</summary>
public sealed class RuntimeTests
{
    private static readonly ActivityName<int, int> Work = new("Work");
    private static readonly EventName<string> Go = new("Go");
    private static readonly OrchestrationName<int, string> Run = new("Run");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<int> _begun = new();
    private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, int> _begins = new();
    private readonly Gate _gate = new();

    /// <summary>Work that all ends at once, when the test says so.</summary>
    private WorkflowCatalog Catalog => new WorkflowCatalog().Activity(Work, (n, _) =>
    {
        _begun.Enqueue(n);
        return _end.Task;
    });

    /// <summary>Code that waits for two words and counts how often it is begun, replays included.</summary>
    private WorkflowCatalog Words => Catalog.With(Run, async (context, n) =>
    {
        _begins.AddOrUpdate(context.InstanceId, 1, (_, count) => count + 1);
        return n == 0 ? "" : await context.WaitForEvent(Go) + await context.WaitForEvent(Go);
    });

    [Fact]
    public async Task A_new_beginning_leaves_the_timers_and_the_waiting_work_of_the_old_one_behind()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            if (n == 0)
            {
                return $"{await context.CallAsync(Work, 0)}";
            }

            if (n == 1)
            {
                _ = context.CallAsync(Work, 1);
                _ = context.Delay(TimeSpan.FromHours(1));
                await context.WaitForEvent(Go);
                context.ContinueAsNew(2);
                return "";
            }

            return await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxParallelActivities = 1 });
        await harness.Engine.StartAsync(Run, "holds the place", 0);
        await UntilAsync(() => !_begun.IsEmpty);
        await harness.Engine.StartAsync(Run, "r", 1);
        await UntilAsync(() => harness.Engine.NextDue is not null);
        await harness.Engine.RaiseEventAsync("r", Go, "");
        await UntilAsync(() => Row(harness, "r") is { Execution: 2, Begun: true });

        harness.Engine.NextDue.ShouldBeNull();
        _end.SetResult(5);
        await harness.SettleAsync();

        _begun.ShouldBe([0]);
        // The entries of either beginning are counted from one.
        harness.Engine.Runtime.Database.Read(read => read.History(Row(harness, "r").Key, 2)).Select(row => row.Sequence).ShouldBe([1]);
        await harness.Engine.RaiseEventAsync("r", Go, "x");
        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("x");
        harness.Engine.Runtime.Database.Read(read => read.History(Row(harness, "r").Key, 2)).Select(row => row.Sequence).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task An_instance_that_has_ended_leaves_no_timer_and_nothing_in_memory()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            _ = context.Delay(TimeSpan.FromHours(1));
            return await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "done", 0);
        await harness.Engine.StartAsync(Run, "stopped", 0);
        await harness.SettleAsync();
        EngineRuntime runtime = harness.Engine.Runtime;
        InstanceSlot[] slots = [.. runtime.Slots];
        slots.Length.ShouldBe(2);
        await harness.Engine.RaiseEventAsync("done", Go, "x");
        await harness.Engine.TerminateAsync("stopped", "enough");
        await harness.SettleAsync();

        harness.Engine.NextDue.ShouldBeNull();
        runtime.Slots.ShouldBeEmpty();
        slots.ShouldAllBe(slot => runtime.Find(slot.Row.Key) == null);
        slots.ShouldAllBe(slot => !runtime.Turns.Deliver(slot, new Message { Kind = MessageKind.Event, Name = "Go", Payload = "\"x\"" }));
        new[] { "done", "stopped" }.ShouldAllBe(id => runtime.Find(id) == null);
    }

    [Fact]
    public async Task As_many_as_allowed_are_kept_live_and_those_that_have_ended_take_no_place()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Words, o => o with { MaxLiveOrchestrations = 2 });
        async Task Start(string id, int n)
        {
            await harness.Engine.StartAsync(Run, id, n);
            await harness.SettleAsync();
        }

        await Start("a", 1);
        await Start("b", 1);
        await Start("ends at once", 0);
        await WordAsync(harness, "b");
        await WordAsync(harness, "b");
        (await harness.EndOfAsync("b")).HasEnded.ShouldBeTrue();
        await Start("c", 1);
        await WordAsync(harness, "a");
        _begins["a"].ShouldBe(1, "there was a place for both");

        // A third one makes c give way, which was used before a.
        await Start("d", 1);
        await WordAsync(harness, "a");
        await WordAsync(harness, "c");
        (_begins["a"], _begins["c"]).ShouldBe((1, 2));
    }

    [Fact]
    public async Task What_a_client_asks_for_costs_one_transaction()
    {
        int transactions = 0;
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            while (n > 0)
            {
                await context.WaitForEvent(Go);
            }

            return "";
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, probes: engine => engine.Commits.Probe = before => transactions += before ? 1 : 0);
        await harness.Engine.StartAsync(Run, "r", 1);
        await harness.SettleAsync();
        transactions = 0;
        for (int i = 0; i < 10; i++)
        {
            await WordAsync(harness, "r");
            await harness.Engine.SuspendAsync("r", "hold");
            await harness.SettleAsync();
            await harness.Engine.ResumeAsync("r", "go");
            await harness.SettleAsync();
        }

        transactions.ShouldBe(30);
    }

    [Fact]
    public async Task What_comes_during_a_turn_is_written_once_with_the_next_one()
    {
        int transactions = 0;
        await using EngineHarness harness = await EngineHarness.StartAsync(
            Gated(Catalog, _ => true), probes: engine => engine.Commits.Probe = before => transactions += before ? 1 : 0);
        await harness.Engine.StartAsync(Run, "r", 0);
        _gate.Reached().ShouldBeTrue();
        Task raised = harness.Engine.RaiseEventAsync("r", Go, "x");
        _gate.Open();
        await raised.WaitAsync(Patience);
        await harness.SettleAsync();

        transactions.ShouldBe(3, "the instance, its first turn, and the one that takes the event and ends");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_more_turns_are_taken_at_once_than_the_limit_allows(int limit)
    {
        int entered = 0;
        WorkflowCatalog catalog = Catalog.With(Run, async (_, _) =>
        {
            Interlocked.Increment(ref entered);
            _gate.Pass();
            return await Task.FromResult("");
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxParallelOrchestrations = limit });
        for (int i = 0; i < 4; i++)
        {
            await harness.Engine.StartAsync(Run, $"r{i}", 0);
        }

        await UntilAsync(() => Volatile.Read(ref entered) == limit);
        // What else had been given to the thread pool has had its turn by now.
        for (int i = 0; i < 50; i++)
        {
            await Task.Run(() => { });
        }

        Volatile.Read(ref entered).ShouldBe(limit);
        _gate.Open();
        await harness.SettleAsync();
        entered.ShouldBe(4);
    }

    [Fact]
    public async Task A_start_of_the_engine_replays_nothing_that_has_nothing_to_take()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Words);
        await harness.Engine.StartAsync(Run, "r", 1);
        await harness.SettleAsync();

        await harness.KillAndRestartAsync();
        await harness.SettleAsync();

        _begins["r"].ShouldBe(1);
    }

    [Fact]
    public async Task After_a_message_that_came_too_late_the_instance_goes_on_as_before()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Words);
        await harness.Engine.StartAsync(Run, "r", 1);
        await harness.SettleAsync();
        EngineRuntime runtime = harness.Engine.Runtime;

        harness.Clock.Advance(TimeSpan.FromMinutes(1));
        long written = Row(harness, "r").UpdatedAt;
        runtime.Send(Row(harness, "r").Key, new Message { Kind = MessageKind.TimerDue, Execution = 1, Step = 9 });
        await harness.SettleAsync();
        (await harness.Engine.GetHistoryAsync("r")).Count.ShouldBe(1);
        Row(harness, "r").UpdatedAt.ShouldBe(written, "a turn that changes nothing writes nothing");
        await WordAsync(harness, "r");
        await WordAsync(harness, "r");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("xx");
    }

    [Fact]
    public async Task What_comes_during_a_turn_that_changes_nothing_is_taken_after_it()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Gated(Catalog, context => context.IsReplaying));
        await harness.Engine.StartAsync(Run, "r", 0);
        await harness.SettleAsync();
        await harness.KillAndRestartAsync();
        // The code is replayed for a message that it does not wait for, and stands in the middle of it.
        harness.Engine.Runtime.Send(Row(harness, "r").Key, new Message { Kind = MessageKind.TimerDue, Execution = 1, Step = 9 });
        _gate.Reached().ShouldBeTrue();

        Task raised = harness.Engine.RaiseEventAsync("r", Go, "x");
        raised.IsCompleted.ShouldBeFalse();
        _gate.Open();
        await raised.WaitAsync(Patience);

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public async Task What_comes_during_the_last_turn_is_told_that_the_instance_has_ended()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Gated(Catalog, _ => true, waits: false));
        await harness.Engine.StartAsync(Run, "r", 0);
        _gate.Reached().ShouldBeTrue();

        Task raised = harness.Engine.RaiseEventAsync("r", Go, "x");
        raised.IsCompleted.ShouldBeFalse();
        _gate.Open();

        Failure refused = (await Should.ThrowAsync<FlowException>(() => raised.WaitAsync(Patience))).Failure;
        (refused.Kind, refused.Message).ShouldBe((FailureKind.Conflict, "r has ended (Completed) and takes nothing any more"));
        refused.Remedy.ShouldBe("Rewind it if it failed, or start another instance");
    }

    [Fact]
    public async Task An_instance_that_begins_anew_in_its_first_turn_is_running()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            if (n == 0)
            {
                context.SetStatus("begins anew");
                context.ContinueAsNew(1);
                return "";
            }

            _gate.Pass();
            return await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        _gate.Reached().ShouldBeTrue();

        InstanceState state = (await harness.Engine.GetAsync("r"))!;
        (state.Status, state.CustomStatus!.GetValue<string>()).ShouldBe((InstanceStatus.Running, "begins anew"));
        (await harness.Engine.GetHistoryAsync("r")).Select(e => (e.Kind, e.Name, e.Input?.GetValue<int>())).ShouldBe(
            [(HistoryKind.ExecutionStarted, "Run", 0), (HistoryKind.ContinuedAsNew, null, 1)]);
        _gate.Open();
    }

    [Fact]
    public async Task An_instance_that_has_not_begun_is_held_suspended_and_resumed_and_then_begins_in_a_host_that_has_it()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Gated(Catalog, _ => true), o => o with { MaxParallelOrchestrations = 1 });
        await harness.Engine.StartAsync(Run, "stands", 0);
        _gate.Reached().ShouldBeTrue();
        await harness.Engine.StartAsync(Run, "r", 0);
        (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Pending, "the one turn at a time is another's");
        harness.Engine.Kill();
        _gate.Open();
        WorkflowCatalog whole = harness.Catalog;
        harness.Catalog = Catalog;
        await harness.StartEngineAsync();

        await harness.Engine.SuspendAsync("r", "hold");
        (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Suspended);
        await harness.Engine.ResumeAsync("r", "go");
        (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Pending);
        harness.Catalog = whole;
        await harness.StopAndRestartAsync();
        await harness.SettleAsync();
        (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Running);
        await harness.Engine.RaiseEventAsync("r", Go, "x");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public async Task A_call_that_waits_when_the_engine_ends_is_told_so()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Gated(Catalog, _ => true));
        await harness.Engine.StartAsync(Run, "r", 0);
        _gate.Reached().ShouldBeTrue();
        Task raised = harness.Engine.RaiseEventAsync("r", Go, "x");

        harness.Engine.Kill();

        (await Should.ThrowAsync<FlowException>(() => raised.WaitAsync(Patience))).Failure.Kind.ShouldBe(FailureKind.Unavailable);
        _gate.Open();
    }

    [Fact]
    public async Task What_comes_while_a_suspension_is_being_written_is_stored_after_it()
    {
        bool holds = false;
        await using EngineHarness harness = await EngineHarness.StartAsync(Words, probes: engine => engine.Commits.Probe = before =>
        {
            if (before && Volatile.Read(ref holds))
            {
                Volatile.Write(ref holds, false);
                _gate.Pass();
            }
        });
        await harness.Engine.StartAsync(Run, "r", 1);
        await harness.SettleAsync();
        Volatile.Write(ref holds, true);
        Task suspended = harness.Engine.SuspendAsync("r", "hold");
        _gate.Reached().ShouldBeTrue();

        Task raised = harness.Engine.RaiseEventAsync("r", Go, "x");
        _gate.Open();
        await Task.WhenAll(suspended, raised).WaitAsync(Patience);
        await harness.KillAndRestartAsync();
        await harness.Engine.ResumeAsync("r", "go");
        await WordAsync(harness, "r");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("xx");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_that_come_together_are_taken_one_by_one_by_code_that_begins_anew_for_each(bool restarts)
    {
        var loop = new OrchestrationName<string, string>("Loop");
        WorkflowCatalog catalog = new WorkflowCatalog().With(loop, async (context, seen) =>
        {
            seen += await context.WaitForEvent(Go);
            if (seen.Length < 4)
            {
                context.ContinueAsNew(seen);
            }

            return seen;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(loop, "l", "");
        await harness.SettleAsync();
        await harness.Engine.SuspendAsync("l", "gather");
        foreach (string word in new[] { "a", "b", "c", "d" })
        {
            await harness.Engine.RaiseEventAsync("l", Go, word);
        }

        await harness.Engine.ResumeAsync("l", "go");
        if (restarts)
        {
            await harness.KillAndRestartAsync();
        }

        (await harness.EndOfAsync("l")).Output!.GetValue<string>().ShouldBe("abcd");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_instances_time_stands_still_while_the_clock_is_behind_it(bool restarts)
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Words);
        await harness.Engine.StartAsync(Run, "r", 1);
        await harness.SettleAsync();
        harness.Clock.Advance(TimeSpan.FromHours(1));
        await WordAsync(harness, "r");
        DateTimeOffset last = harness.Clock.GetUtcNow();
        harness.Clock.TurnBack(TimeSpan.FromMinutes(30));
        if (restarts)
        {
            await harness.KillAndRestartAsync();
        }

        await WordAsync(harness, "r");

        (await harness.Engine.GetHistoryAsync("r")).Select(e => e.At).ShouldBe([last.AddHours(-1), last, last, last]);
    }

    [Fact]
    public async Task A_suspension_that_comes_with_an_event_is_heeded_first_and_the_event_is_kept()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Gated(Catalog, _ => true));
        await harness.Engine.StartAsync(Run, "r", 0);
        _gate.Reached().ShouldBeTrue();
        Task suspended = harness.Engine.SuspendAsync("r", "hold");
        Task raised = harness.Engine.RaiseEventAsync("r", Go, "x");
        _gate.Open();
        await Task.WhenAll(suspended, raised).WaitAsync(Patience);
        await harness.SettleAsync();

        (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Suspended);
        (await harness.Engine.GetHistoryAsync("r")).Select(e => e.Kind).ShouldBe([HistoryKind.ExecutionStarted, HistoryKind.Suspended]);
        await harness.Engine.ResumeAsync("r", "go");
        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public async Task An_event_that_comes_with_the_termination_is_too_late()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Gated(Catalog, _ => true));
        await harness.Engine.StartAsync(Run, "r", 0);
        _gate.Reached().ShouldBeTrue();
        Task terminated = harness.Engine.TerminateAsync("r", "enough");
        Task raised = harness.Engine.RaiseEventAsync("r", Go, "x");
        _gate.Open();
        await terminated.WaitAsync(Patience);

        (await Should.ThrowAsync<FlowException>(() => raised.WaitAsync(Patience))).Failure.Message.ShouldBe("r has ended (Terminated) and takes nothing any more");
        (await harness.Engine.GetHistoryAsync("r")).Select(e => e.Kind).ShouldBe([HistoryKind.ExecutionStarted, HistoryKind.ExecutionTerminated]);
    }

    [Fact]
    public async Task Steering_that_comes_with_the_event_that_ends_a_beginning_is_heeded_by_the_next_one()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            if (n == 0)
            {
                _gate.Pass();
            }

            string word = await context.WaitForEvent(Go);
            if (n == 0)
            {
                context.ContinueAsNew(1);
            }

            return word == "break" ? throw new FlowException(FailureKind.JobFailed, "broke") : word;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        _gate.Reached().ShouldBeTrue();
        Task raised = harness.Engine.RaiseEventAsync("r", Go, "a");
        Task suspended = harness.Engine.SuspendAsync("r", "hold");
        _gate.Open();
        await Task.WhenAll(raised, suspended).WaitAsync(Patience);

        (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Suspended);
        (await harness.Engine.GetHistoryAsync("r")).Select(e => e.Kind).ShouldBe([
            HistoryKind.ExecutionStarted, HistoryKind.EventReceived, HistoryKind.ContinuedAsNew, HistoryKind.ExecutionStarted, HistoryKind.Suspended]);
    }

    [Fact]
    public async Task Steering_that_comes_with_the_event_that_fails_an_instance_is_too_late()
    {
        WorkflowCatalog catalog = Gated(Catalog, _ => true, then: word => throw new FlowException(FailureKind.JobFailed, word));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        _gate.Reached().ShouldBeTrue();
        Task raised = harness.Engine.RaiseEventAsync("r", Go, "broke");
        Task suspended = harness.Engine.SuspendAsync("r", "hold");
        _gate.Open();
        await raised.WaitAsync(Patience);

        (await Should.ThrowAsync<FlowException>(() => suspended.WaitAsync(Patience))).Failure.Message.ShouldBe("r has ended (Failed) and takes nothing any more");
        (await harness.Engine.GetHistoryAsync("r")).Select(e => e.Kind).ShouldBe([
            HistoryKind.ExecutionStarted, HistoryKind.EventReceived, HistoryKind.ExecutionFailed]);
    }

    [Fact]
    public async Task The_refusal_of_a_child_that_comes_after_a_new_beginning_does_not_stay_in_the_inbox()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            if (n == 0)
            {
                _ = context.CallAsync(Run, 1, "r");
                context.ContinueAsNew(1);
                return "";
            }

            return await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        await harness.SettleAsync();

        harness.Engine.Runtime.Database.Read(read => read.Inbox()).ShouldBeEmpty();
        (await harness.Engine.GetHistoryAsync("r")).ShouldNotContain(e => e.Kind == HistoryKind.ChildFailed);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task Events_that_a_beginning_did_not_take_come_in_their_order_to_the_next_ones(int stands, bool restarts)
    {
        var side = new EventName<string>("Side");
        int stood = 0;
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            context.SetStatus(n);
            if (n == stands && restarts && Interlocked.Exchange(ref stood, 1) == 0)
            {
                _gate.Pass();
            }

            if (n < 3)
            {
                await context.WaitForEvent(Go);
                context.ContinueAsNew(n + 1);
                return "";
            }

            return await context.WaitForEvent(side) + await context.WaitForEvent(side) + await context.WaitForEvent(side) + await context.WaitForEvent(side);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        await harness.SettleAsync();
        await harness.Engine.SuspendAsync("r", "so that all come at once");
        foreach ((EventName<string> name, string word) in new[] { (side, "a"), (Go, ""), (side, "b"), (Go, ""), (side, "c"), (Go, "") })
        {
            await harness.Engine.RaiseEventAsync("r", name, word);
        }

        await harness.Engine.ResumeAsync("r", "go");
        if (restarts)
        {
            // The beginning that is told to has been given nothing yet: what it is to be given comes from the file.
            _gate.Reached().ShouldBeTrue();
            harness.Engine.Kill();
            _gate.Open();
            await harness.StartEngineAsync();
        }

        await harness.SettleAsync();
        (await harness.Engine.GetAsync("r"))!.CustomStatus!.GetValue<int>().ShouldBe(3);
        await harness.Engine.RaiseEventAsync("r", side, "d");
        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("abcd");
        harness.Engine.Runtime.Database.Read(read => read.Inbox()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_that_wait_for_two_beginnings_keep_their_order(bool restarts)
    {
        var side = new EventName<string>("Side");
        var ready = new EventName<string>("Ready");
        int stood = 0;
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            if (n == 2 && restarts && Interlocked.Exchange(ref stood, 1) == 0)
            {
                _gate.Pass();
            }

            switch (n)
            {
                case 0:
                    await context.WaitForEvent(ready);
                    context.ContinueAsNew(1);
                    return "";
                case 1:
                    await context.WaitForEvent(Go);
                    context.ContinueAsNew(2);
                    return "";
                default:
                    return await context.WaitForEvent(side) + await context.WaitForEvent(side) + await context.WaitForEvent(side);
            }
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        // All are handed on by the first beginning, and all but the first two by the second.
        foreach ((EventName<string> name, string word) in new[] { (side, "a"), (Go, ""), (side, "b"), (ready, "") })
        {
            await harness.Engine.RaiseEventAsync("r", name, word);
        }

        if (restarts)
        {
            _gate.Reached().ShouldBeTrue();
            harness.Engine.Kill();
            _gate.Open();
            await harness.StartEngineAsync();
        }

        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("r", side, "c");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("abc");
        harness.Engine.Runtime.Database.Read(read => read.Inbox()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_open_at_an_end_or_before_a_new_beginning_does_not_come_back_with_a_restart(bool ends)
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            if (n == 0)
            {
                _ = context.Delay(TimeSpan.FromHours(1));
                _ = context.CallAsync(Work, n);
            }

            string word = await context.WaitForEvent(Go);
            if (n == 0)
            {
                context.ContinueAsNew(1);
            }

            return word;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        await UntilAsync(() => !_begun.IsEmpty);
        await (ends ? harness.Engine.TerminateAsync("r", "enough") : harness.Engine.RaiseEventAsync("r", Go, ""));

        await harness.KillAndRestartAsync();
        await harness.SettleAsync();

        (harness.Engine.NextDue, harness.Engine.RunningActivities, _begun.Count).ShouldBe((null, 0, 1));
        harness.Engine.Runtime.Database.Read(read => read.Tasks()).ShouldBeEmpty();
        harness.Engine.Runtime.Database.Read(read => read.Timers()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_whose_effect_could_not_be_written_is_told_why()
    {
        bool dies = false;
        var why = new InvalidOperationException("dead");
        await using EngineHarness harness = await EngineHarness.StartAsync(Words, probes: engine => engine.Commits.Probe = before =>
        {
            if (before && Volatile.Read(ref dies))
            {
                throw why;
            }
        });
        await harness.Engine.StartAsync(Run, "r", 1);
        await harness.SettleAsync();
        Volatile.Write(ref dies, true);

        FlowException lost = await Should.ThrowAsync<FlowException>(() => harness.Engine.RaiseEventAsync("r", Go, "x").WaitAsync(Patience));

        (lost.Failure.Kind, lost.InnerException).ShouldBe((FailureKind.Unavailable, why));
        Volatile.Write(ref dies, false);
    }

    [Fact]
    public async Task What_is_going_on_is_counted_until_it_is_done()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Gated(Catalog, _ => true));
        TurnScheduler turns = harness.Engine.Runtime.Turns;
        turns.Going.Idle.IsCompleted.ShouldBeTrue();
        await harness.Engine.StartAsync(Run, "r", 0);
        _gate.Reached().ShouldBeTrue();

        (turns.Going.Idle.IsCompleted, harness.Engine.WhenIdleAsync().IsCompleted).ShouldBe((false, false));
        _gate.Open();
        await harness.SettleAsync();

        turns.Going.Idle.IsCompleted.ShouldBeTrue();
        // An event for one that takes nothing is written, and then nothing goes on either.
        await harness.Engine.SuspendAsync("r", "hold");
        await harness.Engine.RaiseEventAsync("r", Go, "x");
        await harness.SettleAsync();
        turns.Going.Idle.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task An_engine_that_has_ended_leaves_no_timer_in_the_clock()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Timed);
        await harness.Engine.StartAsync(Run, "r", 0);
        await UntilAsync(() => !_begun.IsEmpty && harness.Engine.NextDue is not null);
        harness.Clock.NextDue.ShouldBeLessThan(harness.Engine.NextDue!.Value, "the heart beats, too");

        harness.Engine.Kill();

        harness.Clock.NextDue.ShouldBe(DateTimeOffset.MaxValue);
        _end.SetResult(0);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_any_more_stops_the_engine_and_all_that_it_has_going()
    {
        using var log = new LogLines();
        await using EngineHarness harness = await EngineHarness.StartAsync(Timed, loggers: log);
        await harness.Engine.StartAsync(Run, "r", 0);
        await harness.Engine.StartAsync(Run, "other", 0);
        await UntilAsync(() => _begun.Count == 2);
        await harness.KillAndRestartAsync();
        await UntilAsync(() => _begun.Count == 4);
        using (var connection = new SqliteConnection($"Data Source={harness.DatabasePath};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE history RENAME TO gone";
            command.ExecuteNonQuery();
        }

        Failure lost = (await Should.ThrowAsync<FlowException>(() => harness.Engine.RaiseEventAsync("r", Go, "x").WaitAsync(Patience))).Failure;

        lost.Kind.ShouldBe(FailureKind.Unavailable);
        await Should.ThrowAsync<SqliteException>(() => harness.Engine.Faulted.WaitAsync(Patience));
        harness.Clock.NextDue.ShouldBe(DateTimeOffset.MaxValue);
        log.Written.ShouldBe(["Critical: The engine has stopped: its database could not be read or written; nothing committed is lost"]);
        // The others do not go on either: no second turn fails, and no second line is written.
        (await Should.ThrowAsync<FlowException>(() => harness.Engine.RaiseEventAsync("other", Go, "x").WaitAsync(Patience))).Failure.Kind.ShouldBe(FailureKind.Unavailable);
        _end.SetResult(0);
        await harness.Engine.StopAsync();
        log.Written.Count.ShouldBe(1);
        harness.Engine.Fault.ShouldBeOfType<SqliteException>();
    }

    /// <summary>Code with a timer and with work that goes on.</summary>
    private WorkflowCatalog Timed => Catalog.With(Run, async (context, n) =>
    {
        _ = context.Delay(TimeSpan.FromHours(1));
        _ = context.CallAsync(Work, n);
        return await context.WaitForEvent(Go);
    });

    /// <summary>Code that stands at the gate where it is told to, and then waits for a word or ends.</summary>
    private WorkflowCatalog Gated(
        WorkflowCatalog catalog, Func<IOrchestrationContext, bool> stands, bool waits = true, Func<string, string>? then = null) => catalog.With(Run, async (context, _) =>
    {
        if (stands(context))
        {
            _gate.Pass();
        }

        return waits ? (then ?? (word => word))(await context.WaitForEvent(Go)) : "";
    });

    private static InstanceRow Row(EngineHarness harness, string id) => harness.Engine.Runtime.Database.Read(read => read.Row(id))!;

    private static async Task WordAsync(EngineHarness harness, string id)
    {
        await harness.Engine.RaiseEventAsync(id, Go, "x");
        await harness.SettleAsync();
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds; !holds();)
        {
            Environment.TickCount64.ShouldBeLessThan(end);
            await Task.Yield();
        }
    }

    /// <summary>Holds a thread of the engine's until the test lets it go on.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Pass()
        {
            _reached.TrySetResult();
            _open.Task.Wait(Patience);
        }

        public bool Reached() => _reached.Task.Wait(Patience);

        public void Open() => _open.TrySetResult();
    }
}
