using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

/// <summary>When the gate lets the next request through, by a clock that stands still until the test moves it.</summary>
public sealed class ModelGateTests
{
    private readonly StandingClock _clock = new();
    private readonly Afterwards _afterwards = new();

    [Fact]
    public void Nothing_is_sent_during_a_pause_and_a_shorter_later_one_does_not_end_it()
    {
        ModelGate gate = Gate();
        long sent = Turn(gate);
        long late = Turn(gate);
        // The first refusal is doubted; three that are refused as well bear witness that it was the limit.
        gate.Throttled(sent, TimeSpan.FromSeconds(30));
        _clock.MoveTo(0.5);
        long[] witnesses = [Turn(gate), Turn(gate), Turn(gate)];
        foreach (long witness in witnesses)
        {
            gate.Throttled(witness, TimeSpan.FromSeconds(5));
        }

        // One that was sent before comes back only now, and asks for less.
        gate.Throttled(late, TimeSpan.FromSeconds(1));

        Task<long> next = Ask(gate);
        Went(next).ShouldBeFalse();
        foreach (double second in (double[])[1, 4.9, 5.1, 20, 29.9])
        {
            _clock.MoveTo(second);
            Went(next).ShouldBeFalse($"after {second} s");
        }

        _clock.MoveTo(30.01);
        Went(next).ShouldBeTrue();
    }

    [Fact]
    public void While_a_refusal_is_in_doubt_three_are_let_through_and_then_one_for_each_that_comes_back()
    {
        ModelGate gate = Gate(mostAtOnce: 32);
        long sent = Turn(gate);
        gate.Throttled(sent, TimeSpan.FromSeconds(30));

        Task<long>[] asked = [.. Enumerable.Range(0, 6).Select(_ => Ask(gate))];

        asked.Count(Went).ShouldBe(3);
        // Two of the three are answered: it was no limit, and the others need not wait.
        gate.Answered(Taken(asked[0]), null);
        gate.Answered(Taken(asked[1]), null);
        asked.Count(Went).ShouldBeGreaterThan(4);
    }

    [Fact]
    public void A_wait_of_more_than_two_minutes_is_told_and_only_a_longer_one_changes_it()
    {
        ModelGate gate = Gate();
        long[] sent = [Turn(gate), Turn(gate), Turn(gate)];

        gate.Throttled(sent[0], TimeSpan.FromMinutes(10));
        WaitTold(gate).ShouldBe(TimeSpan.FromMinutes(10));
        gate.Throttled(sent[1], TimeSpan.FromMinutes(3));
        WaitTold(gate).ShouldBe(TimeSpan.FromMinutes(10));
        gate.Throttled(sent[2], TimeSpan.FromMinutes(20));
        WaitTold(gate).ShouldBe(TimeSpan.FromMinutes(20));

        _clock.MoveTo((18 * 60) + 1);
        Task<long> next = Ask(gate);
        Went(next).ShouldBeFalse();
        _clock.MoveTo((20 * 60) + 0.01);
        Went(next).ShouldBeTrue();
    }

    [Fact]
    public void Exactly_two_minutes_are_waited_here()
    {
        ModelGate gate = Gate();
        gate.Throttled(Turn(gate), ModelGate.MostPatience);

        Went(Ask(gate)).ShouldBeTrue();
    }

    [Fact]
    public void Those_who_wait_are_told_too_when_the_wait_becomes_too_long()
    {
        ModelGate gate = Gate(mostAtOnce: 1);
        long sent = Turn(gate);
        Task<long> waiting = Ask(gate);

        gate.Throttled(sent, TimeSpan.FromHours(1));

        Told(waiting).RetryAfter.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_newcomer_does_not_overtake_those_who_wait()
    {
        // One a second: the first goes, the second waits, and its timer is late when a third comes.
        ModelGate gate = Gate(perMinute: 60);
        Turn(gate);
        Task<long> second = Ask(gate);
        Went(second).ShouldBeFalse();
        _clock.MoveTo(1.1, fireTimers: false);

        Task<long> third = Ask(gate);

        Went(second).ShouldBeTrue();
        Went(third).ShouldBeFalse();
        _clock.MoveTo(2.2);
        Went(third).ShouldBeTrue();
    }

    [Fact]
    public void A_known_rate_is_kept_to_the_request()
    {
        // 60 a minute, of which 98 % are used: one each 1.0204 s.
        ModelGate gate = Gate(perMinute: 60);
        Task<long>[] turns = [.. Enumerable.Range(0, 4).Select(_ => Ask(gate))];

        turns.Count(Went).ShouldBe(1);
        _clock.MoveTo(1.019);
        turns.Count(Went).ShouldBe(1);
        _clock.MoveTo(1.022);
        turns.Count(Went).ShouldBe(2);
        _clock.MoveTo(2.038);
        turns.Count(Went).ShouldBe(2);
        _clock.MoveTo(2.043);
        turns.Count(Went).ShouldBe(3);
    }

    [Fact]
    public void Questions_in_flight_are_taken_from_the_allowance_that_an_answer_names()
    {
        // Three are under way; one is answered and says that two of ten are left for the next ten seconds: they are the two.
        ModelGate gate = Gate();
        long[] sent = [Turn(gate), Turn(gate), Turn(gate)];
        gate.Answered(sent[0], new RateLimitNote(10, 2, TimeSpan.FromSeconds(10)));

        Task<long> next = Ask(gate);

        Went(next).ShouldBeFalse();
        // Eight were used in what fills in ten seconds: 0.8 a second, of which 98 %: the next after 1.276 s.
        _clock.MoveTo(1.26);
        Went(next).ShouldBeFalse();
        _clock.MoveTo(1.29);
        Went(next).ShouldBeTrue();
    }

    [Fact]
    public void An_allowance_that_is_far_from_used_up_slows_nobody_down()
    {
        ModelGate gate = Gate();
        long[] sent = [Turn(gate), Turn(gate)];
        gate.Answered(sent[0], new RateLimitNote(1000, 900, TimeSpan.FromSeconds(10)));

        Enumerable.Range(0, 3).ShouldAllBe(_ => Went(Ask(gate)));
    }

    [Fact]
    public void Four_begin_at_once_and_each_answer_makes_room_for_one_more()
    {
        ModelGate gate = Gate(mostAtOnce: 6);
        Task<long>[] turns = [.. Enumerable.Range(0, 12).Select(_ => Ask(gate))];
        turns.Count(Went).ShouldBe(4);

        gate.Answered(Taken(turns[0]), null);
        turns.Count(Went).ShouldBe(6);
        gate.Answered(Taken(turns[1]), null);
        turns.Count(Went).ShouldBe(8);
        // Six is the most.
        gate.Answered(Taken(turns[2]), null);
        turns.Count(Went).ShouldBe(9);
        gate.Left();
        turns.Count(Went).ShouldBe(10);
    }

    [Fact]
    public void A_refusal_without_a_time_lowers_what_is_asked_at_once_and_pauses_nobody()
    {
        ModelGate gate = Gate(mostAtOnce: 64);
        long[] first = [Turn(gate), Turn(gate), Turn(gate), Turn(gate)];
        foreach (long sent in first)
        {
            gate.Throttled(sent, null);
        }

        // Four less a tenth, and one less for each of the others, but not below half of four.
        Task<long>[] turns = [.. Enumerable.Range(0, 6).Select(_ => Ask(gate))];
        turns.Count(Went).ShouldBe(2);
    }

    private ModelGate Gate(int mostAtOnce = 16, int? perMinute = null) => new("p", mostAtOnce, perMinute, _clock);

    /// <summary>Asks for a turn; what follows it runs when the test asks how it stands, on the test's own thread.</summary>
    private Task<long> Ask(ModelGate gate)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_afterwards);
        try
        {
            return gate.EnterAsync(default).AsTask();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private long Turn(ModelGate gate) => Taken(Ask(gate));

    private long Taken(Task<long> turn)
    {
        Went(turn).ShouldBeTrue("a turn was expected at once");
        return turn.GetAwaiter().GetResult();
    }

    private bool Went(Task turn)
    {
        _afterwards.Run();
        return turn.IsCompleted;
    }

    private Failure Told(Task turn)
    {
        Went(turn).ShouldBeTrue();
        return Should.Throw<FlowException>(() => turn.GetAwaiter().GetResult()).Failure;
    }

    private TimeSpan? WaitTold(ModelGate gate) => Told(Ask(gate)).RetryAfter;

    private sealed class Afterwards : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Run, object? State)> _queue = new();

        public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

        public void Run()
        {
            while (_queue.TryDequeue(out (SendOrPostCallback Run, object? State) next))
            {
                next.Run(next.State);
            }
        }
    }

    /// <summary>Moves only when it is told to, with or without the timers that are due.</summary>
    private sealed class StandingClock : TimeProvider
    {
        private readonly List<Timer> _timers = [];
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

        public void MoveTo(double second, bool fireTimers = true)
        {
            long target = TimeSpan.FromSeconds(second).Ticks;
            while (fireTimers && _timers.Where(timer => timer.Due <= target).MinBy(timer => timer.Due) is { } next)
            {
                _now = Math.Max(_now, next.Due);
                next.Due = long.MaxValue;
                next.Callback(next.State);
            }

            _now = target;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(this, callback, state);
            timer.Change(dueTime, period);
            _timers.Add(timer);
            return timer;
        }

        private sealed class Timer(StandingClock clock, TimerCallback callback, object? state) : ITimer
        {
            public long Due { get; set; } = long.MaxValue;

            public TimerCallback Callback => callback;

            public object? State => state;

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Due = dueTime < TimeSpan.Zero ? long.MaxValue : clock._now + dueTime.Ticks;
                return true;
            }

            public void Dispose() => Due = long.MaxValue;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
