namespace FineTuneFlow.Workflow.Tests.Evaluation;

/// <summary>Moves only when it is told to, with or without the timers that are due.</summary>
internal sealed class StandingClock : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private long _now;

    /// <summary>Called each time that somebody looks at the clock.</summary>
    public Action? Looked { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        Looked?.Invoke();
        return _now;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public void MoveTo(double second, bool fireTimers = true)
    {
        long target = (long)Math.Round(second * TimeSpan.TicksPerSecond);
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
            // As real timers do, which would fire too early by the rest.
            (dueTime.Ticks % TimeSpan.TicksPerMillisecond).ShouldBe(0, "timers count whole milliseconds");
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
