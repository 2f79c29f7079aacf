namespace FineTuneFlow.Engine.Scheduling;

/// <param name="Key">Of the instance.</param>
/// <param name="Execution">Of the instance.</param>
/// <param name="Step">Of the timer.</param>
/// <param name="Due">UTC ticks.</param>
internal sealed record TimerEntry(long Key, int Execution, int Step, long Due);

/// <summary>All durable timers in the order of their due times behind a single timer of the clock: waiting costs nothing.</summary>
internal sealed class TimerQueue : IDisposable
{
    // Longer waits are cut, since clocks' timers have a longest time and stand still while a machine sleeps.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<TimerEntry, long> _queue = new();
    private readonly Dictionary<long, HashSet<(int Execution, int Step)>> _live = [];
    private readonly TimeProvider _time;
    private readonly Action<TimerEntry> _fire;
    private readonly ITimer _timer;
    private long _armedFor = long.MaxValue;
    private bool _disposed;

    public TimerQueue(TimeProvider time, Action<TimerEntry> fire)
    {
        _time = time;
        _fire = fire;
        _timer = time.CreateTimer(_ => FireDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                DropCancelled();
                return _queue.TryPeek(out _, out long due) ? new DateTimeOffset(due, TimeSpan.Zero) : null;
            }
        }
    }

    public void Add(TimerEntry entry)
    {
        lock (_gate)
        {
            if (!_live.TryGetValue(entry.Key, out HashSet<(int Execution, int Step)>? steps))
            {
                _live[entry.Key] = steps = [];
            }

            steps.Add((entry.Execution, entry.Step));
            _queue.Enqueue(entry, entry.Due);
            Arm();
        }
    }

    public void Cancel(long key, int execution, int step)
    {
        lock (_gate)
        {
            Forget(key, execution, step);
        }
    }

    public void CancelAll(long key)
    {
        lock (_gate)
        {
            _live.Remove(key);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    private void FireDue()
    {
        var due = new List<TimerEntry>();
        lock (_gate)
        {
            _armedFor = long.MaxValue;
            long now = _time.GetUtcNow().UtcTicks;
            while (_queue.TryPeek(out TimerEntry? entry, out long at) && at <= now)
            {
                _queue.Dequeue();
                if (Forget(entry.Key, entry.Execution, entry.Step))
                {
                    due.Add(entry);
                }
            }

            Arm();
        }

        foreach (TimerEntry entry in due)
        {
            _fire(entry);
        }
    }

    private void Arm()
    {
        DropCancelled();
        if (_disposed || !_queue.TryPeek(out _, out long due) || due >= _armedFor)
        {
            return;
        }

        _armedFor = due;
        TimeSpan wait = TimeSpan.FromTicks(Math.Max(0, due - _time.GetUtcNow().UtcTicks));
        // Rounded up to the clock's millisecond, or the timer would come a moment too early and again at once.
        _timer.Change(wait > LongestWait ? LongestWait : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private bool Forget(long key, int execution, int step) =>
        _live.TryGetValue(key, out HashSet<(int Execution, int Step)>? steps) && steps.Remove((execution, step));

    private void DropCancelled()
    {
        while (_queue.TryPeek(out TimerEntry? entry, out _)
            && !(_live.TryGetValue(entry.Key, out HashSet<(int Execution, int Step)>? steps) && steps.Contains((entry.Execution, entry.Step))))
        {
            _queue.Dequeue();
        }
    }
}
