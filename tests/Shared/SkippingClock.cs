namespace FineTuneFlow.Tests;

/// <summary>A clock that stands still until it is moved; timers fire on the thread that moves it.</summary>
internal sealed class SkippingClock : TimeProvider
{
    private readonly Lock _gate = new();
    /// <summary>Those that are set, in the order in which they were.</summary>
    private readonly List<SkippingTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SkippingTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>When the next timer fires; the end of time: none is set.</summary>
    public DateTimeOffset NextDue
    {
        get
        {
            lock (_gate)
            {
                return Earliest()?.Due ?? DateTimeOffset.MaxValue;
            }
        }
    }

    public void Advance(TimeSpan by) => AdvanceTo(GetUtcNow() + by);

    /// <summary>As when somebody sets the clock: what was to fire in a while still fires after that while.</summary>
    public void TurnBack(TimeSpan by)
    {
        lock (_gate)
        {
            _now -= by;
            _timers.ForEach(t => t.Due -= by);
        }
    }

    /// <summary>Fires everything that is due on the way, in order; a moment that is past already is now.</summary>
    public void AdvanceTo(DateTimeOffset moment)
    {
        DateTimeOffset now = GetUtcNow();
        DateTimeOffset to = moment > now ? moment : now;
        while (true)
        {
            SkippingTimer? next;
            lock (_gate)
            {
                next = Earliest();
                if (next is null || next.Due > to)
                {
                    _now = to > _now ? to : _now;
                    return;
                }

                _now = next.Due > _now ? next.Due : _now;
                if (next.Period > TimeSpan.Zero)
                {
                    next.Due += next.Period;
                }
                else
                {
                    _timers.Remove(next);
                }
            }

            next.Fire();
        }
    }

    /// <summary>Of several for the same moment the one that was set first.</summary>
    private SkippingTimer? Earliest()
    {
        SkippingTimer? earliest = null;
        foreach (SkippingTimer timer in _timers)
        {
            if (earliest is null || timer.Due < earliest.Due)
            {
                earliest = timer;
            }
        }

        return earliest;
    }

    private sealed class SkippingTimer(SkippingClock clock, Action fire) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public Action Fire => fire;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // As the system's timer does.
            ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero);
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._now + dueTime;
                    Period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                    clock._timers.Add(this);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
