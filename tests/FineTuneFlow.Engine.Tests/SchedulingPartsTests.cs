using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Engine.Storage;
using FineTuneFlow.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Engine.Tests;

/// <summary>The queues that scheduling is made of, each alone.</summary>
public sealed class SchedulingPartsTests
{
    private readonly SkippingClock _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Timers_fire_at_their_times_in_their_order_and_not_before()
    {
        using TimerQueue timers = Timers();
        timers.NextDue.ShouldBeNull();
        timers.Add(At(1, 1, minutes: 30));
        timers.Add(At(1, 2, minutes: 10));
        timers.Add(At(2, 1, minutes: 20));

        timers.NextDue.ShouldBe(_clock.GetUtcNow().AddMinutes(10));
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        _fired.ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _fired.ShouldBe(["1.1.2"]);
        timers.NextDue.ShouldBe(_clock.GetUtcNow().AddMinutes(10));
        _clock.Advance(TimeSpan.FromHours(1));
        _fired.ShouldBe(["1.1.2", "2.1.1", "1.1.1"]);
        timers.NextDue.ShouldBeNull();
    }

    [Fact]
    public void A_time_that_is_past_or_between_two_milliseconds_fires_once()
    {
        using TimerQueue timers = Timers();
        timers.Add(At(1, 1, minutes: -5));
        _clock.Advance(TimeSpan.Zero);
        _fired.ShouldBe(["1.1.1"]);

        timers.Add(new TimerEntry(1, 1, 2, _clock.GetUtcNow().UtcTicks + (TimeSpan.TicksPerMillisecond / 2)));
        _clock.NextDue.ShouldBe(_clock.GetUtcNow().AddMilliseconds(1), "the clock's timer is asked for whole milliseconds");
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _fired.ShouldBe(["1.1.1", "1.1.2"]);
        _clock.NextDue.ShouldBe(DateTimeOffset.MaxValue);
    }

    [Fact]
    public void A_long_wait_is_cut_so_that_a_machine_that_has_slept_is_late_by_five_minutes_at_most()
    {
        using TimerQueue timers = Timers();
        timers.Add(At(1, 1, minutes: 12));

        _clock.NextDue.ShouldBe(_clock.GetUtcNow().AddMinutes(5));
        _clock.Advance(TimeSpan.FromMinutes(5));
        _clock.NextDue.ShouldBe(_clock.GetUtcNow().AddMinutes(5));
        _clock.Advance(TimeSpan.FromMinutes(5));
        _clock.NextDue.ShouldBe(_clock.GetUtcNow().AddMinutes(2));
        _fired.ShouldBeEmpty();
    }

    [Fact]
    public void Only_an_earlier_timer_sets_the_clock_anew()
    {
        using TimerQueue timers = Timers();
        DateTimeOffset began = _clock.GetUtcNow();
        timers.Add(At(1, 1, minutes: 3));
        _clock.Advance(TimeSpan.FromMinutes(1));
        timers.Add(At(1, 2, minutes: 4));
        _clock.NextDue.ShouldBe(began.AddMinutes(3));
        timers.Add(At(1, 3, minutes: 1));
        _clock.NextDue.ShouldBe(began.AddMinutes(2));
    }

    [Fact]
    public void A_later_timer_or_one_for_the_same_moment_does_not_put_off_the_cut_of_a_long_wait()
    {
        using TimerQueue timers = Timers();
        DateTimeOffset began = _clock.GetUtcNow();
        timers.Add(At(1, 1, minutes: 12));
        _clock.Advance(TimeSpan.FromMinutes(4));
        timers.Add(At(1, 2, minutes: 8));
        timers.Add(At(1, 3, minutes: 9));

        _clock.NextDue.ShouldBe(began.AddMinutes(5));
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire_with_another_and_does_not_wake_the_engine()
    {
        using TimerQueue timers = Timers();
        long soon = _clock.GetUtcNow().AddMinutes(1).UtcTicks;
        // Due within the same millisecond, to which the clock's timer is rounded up.
        timers.Add(new TimerEntry(1, 1, 1, soon + 1));
        timers.Add(new TimerEntry(1, 1, 2, soon + 2));
        timers.Add(At(1, 3, minutes: 3));
        timers.Add(At(1, 4, minutes: 4));
        timers.Cancel(1, 1, 2);
        timers.Cancel(1, 1, 3);

        _clock.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromMilliseconds(1));

        _fired.ShouldBe(["1.1.1"]);
        _clock.NextDue.ShouldBe(_clock.GetUtcNow().AddMinutes(3) - TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire_and_others_of_its_instance_do()
    {
        using TimerQueue timers = Timers();
        timers.Add(At(1, 1, minutes: 1));
        timers.Add(At(1, 2, minutes: 2));
        timers.Add(At(1, 1, minutes: 3, execution: 2));
        timers.Add(At(2, 1, minutes: 4));

        timers.Cancel(1, 1, 1);
        timers.Cancel(1, 1, 1);
        timers.Cancel(3, 1, 1);

        timers.NextDue.ShouldBe(_clock.GetUtcNow().AddMinutes(2));
        _clock.Advance(TimeSpan.FromHours(1));
        _fired.ShouldBe(["1.1.2", "1.2.1", "2.1.1"]);
    }

    [Fact]
    public void An_ended_instances_timers_are_all_cancelled_and_nobody_elses()
    {
        using TimerQueue timers = Timers();
        timers.Add(At(1, 1, minutes: 1));
        timers.Add(At(1, 2, minutes: 2));
        timers.Add(At(2, 1, minutes: 3));

        timers.CancelAll(1);

        timers.NextDue.ShouldBe(_clock.GetUtcNow().AddMinutes(3));
        timers.Add(At(1, 5, minutes: 4));
        _clock.Advance(TimeSpan.FromHours(1));
        _fired.ShouldBe(["2.1.1", "1.1.5"]);
    }

    [Fact]
    public void Nothing_fires_after_the_engines_end()
    {
        TimerQueue timers = Timers();
        timers.Add(At(1, 1, minutes: 1));
        timers.Dispose();
        timers.Add(At(1, 2, minutes: 0.5));

        _clock.NextDue.ShouldBe(DateTimeOffset.MaxValue);
    }

    [Fact]
    public void Activities_are_taken_in_the_order_of_their_coming()
    {
        ActivityQueue queue = Queue((1, 1), (2, 1), (1, 2));

        queue.Count.ShouldBe(3);
        Taken(queue).ShouldBe(["1.1", "2.1", "1.2"]);
        queue.Count.ShouldBe(0);
        queue.TryTake(out ActivityTask? none).ShouldBeFalse();
        none.ShouldBeNull();
    }

    [Fact]
    public void An_ended_instances_activities_are_taken_out_and_counted_and_the_others_keep_their_order()
    {
        ActivityQueue queue = Queue((1, 1), (2, 1), (1, 2), (3, 1), (2, 2));

        queue.Drop(1).ShouldBe(2);
        queue.Drop(1).ShouldBe(0);
        queue.Drop(9).ShouldBe(0);
        queue.Count.ShouldBe(3);
        Taken(queue).ShouldBe(["2.1", "3.1", "2.2"]);
        queue.Drop(2).ShouldBe(0);

        queue = Queue((1, 1), (1, 2));
        queue.TryTake(out _).ShouldBeTrue();
        queue.Drop(1).ShouldBe(1);
    }

    [Fact]
    public void The_orchestrations_used_last_are_kept_live()
    {
        var cache = new LiveCache(capacity: 2);
        InstanceSlot[] slots = [.. Enumerable.Range(1, 7).Select(Live)];

        cache.Touch(slots[0]);
        cache.Touch(slots[1]);
        cache.Touch(slots[0]);
        slots.Count(slot => slot.Live is not null).ShouldBe(7);
        cache.Touch(slots[2]);
        slots.Select(slot => slot.Live is not null).ShouldBe([true, false, true, true, true, true, true]);

        // One that is gone makes room; one in the middle of a turn is left alone.
        cache.Remove(slots[2]);
        cache.Remove(slots[2]);
        cache.Touch(slots[3]);
        slots[0].Live.ShouldNotBeNull();
        slots[0].Scheduled = true;
        cache.Touch(slots[4]);
        slots.Select(slot => slot.Live is not null).ShouldBe([true, false, true, true, true, true, true]);

        // Each further one makes the coldest of those that are kept give way, and no one else.
        cache.Touch(slots[5]);
        slots.Select(slot => slot.Live is not null).ShouldBe([true, false, true, false, true, true, true]);
        cache.Touch(slots[6]);
        slots.Select(slot => slot.Live is not null).ShouldBe([true, false, true, false, false, true, true]);
    }

    [Fact]
    public void A_parked_instance_takes_what_steers_it_and_keeps_the_rest_in_order()
    {
        InstanceSlot slot = Live(1);
        slot.IsRunnable.ShouldBeFalse();
        foreach (MessageKind kind in new[] { MessageKind.Event, MessageKind.Suspend, MessageKind.TimerDue, MessageKind.Resume, MessageKind.Terminate })
        {
            slot.Add(new Message { Kind = kind });
        }

        slot.Row = slot.Row with { Status = InstanceStatus.Suspended };
        (slot.Parked, slot.IsRunnable).ShouldBe((true, true));
        slot.Take().Select(message => message.Kind).ShouldBe([MessageKind.Suspend, MessageKind.Resume, MessageKind.Terminate]);
        slot.IsRunnable.ShouldBeFalse();

        slot.Row = slot.Row with { Status = InstanceStatus.Running };
        slot.PutFirst([new Message { Kind = MessageKind.Start }, new Message { Kind = MessageKind.Look }]);
        (slot.Parked, slot.IsRunnable).ShouldBe((false, true));
        slot.Take().Select(message => message.Kind).ShouldBe([MessageKind.Start, MessageKind.Look, MessageKind.Event, MessageKind.TimerDue]);
        slot.Take().ShouldBeEmpty();
        new InstanceSlot(Row(1), held: true).Parked.ShouldBeTrue();
    }

    [Fact]
    public void What_nobody_would_bring_again_is_given_out_once_to_be_stored()
    {
        InstanceSlot slot = Live(1);
        foreach (MessageKind kind in Enum.GetValues<MessageKind>())
        {
            slot.Add(new Message { Kind = kind });
            slot.Add(new Message { Kind = kind, Stored = true });
        }

        List<Message> unstored = slot.TakeUnstored();

        unstored.Select(message => message.Kind).ShouldBe([MessageKind.ActivityEnded, MessageKind.Event]);
        unstored.ShouldAllBe(message => message.Stored);
        slot.TakeUnstored().ShouldBeEmpty();
        slot.TakeAll().Count.ShouldBe(2 * Enum.GetValues<MessageKind>().Length, "they stay where they are");
        slot.TakeAll().ShouldBeEmpty();
    }

    [Fact]
    public void It_is_idle_when_all_that_has_begun_has_ended()
    {
        var work = new WorkCounter();
        work.Idle.IsCompleted.ShouldBeTrue();
        work.Begin();
        Task idle = work.Idle;
        work.Begin();
        work.Idle.ShouldBeSameAs(idle);
        work.End();
        idle.IsCompleted.ShouldBeFalse();
        work.End();
        idle.IsCompleted.ShouldBeTrue();
        work.Begin();
        work.Idle.IsCompleted.ShouldBeFalse();
    }

    private TimerQueue Timers() => new(_clock, timer => _fired.Add($"{timer.Key}.{timer.Execution}.{timer.Step}"));

    private TimerEntry At(long key, int step, double minutes, int execution = 1) =>
        new(key, execution, step, _clock.GetUtcNow().AddMinutes(minutes).UtcTicks);

    private static ActivityQueue Queue(params (long Key, int Step)[] tasks)
    {
        var queue = new ActivityQueue();
        foreach ((long key, int step) in tasks)
        {
            queue.Add(new ActivityTask(key, "i", 1, step, "Work", "0"));
        }

        return queue;
    }

    private static List<string> Taken(ActivityQueue queue)
    {
        var taken = new List<string>();
        while (queue.TryTake(out ActivityTask? task))
        {
            taken.Add($"{task.Key}.{task.Step}");
        }

        return taken;
    }

    private static InstanceSlot Live(int key) => new(Row(key), held: false)
    {
        Live = new OrchestrationExecution(
            Row(key), new OrchestrationEntry("Run", "1", typeof(int), typeof(int), (_, input) => Task.FromResult(input)), new EngineOptions { DatabasePath = "x" }, NullLoggerFactory.Instance),
    };

    private static InstanceRow Row(int key) => new()
    {
        Key = key, Id = $"i{key}", Name = "Run", Version = "1", Status = InstanceStatus.Running, Begun = true, Execution = 1, Generation = 1, Input = "0",
    };
}
