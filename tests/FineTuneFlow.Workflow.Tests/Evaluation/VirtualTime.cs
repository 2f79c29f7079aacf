namespace FineTuneFlow.Workflow.Tests.Evaluation;

/// <summary>A clock and a single thread: all that can run runs, then time jumps to the next timer. Minutes pass in
/// milliseconds and every run is the same.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private const long MostSteps = 20_000_000;

    private readonly Queue<(SendOrPostCallback Run, object? State)> _ready = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Setting), (long At, long Order)> _timers = new();
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public double Seconds => TimeSpan.FromTicks(_now).TotalSeconds;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Run(Func<Task> work)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new Context(this));
        try
        {
            Task task = work();
            for (long steps = 0; !task.IsCompleted; steps++)
            {
                // A fault in what is tested may make it ask forever: the test then ends, and says so.
                if (steps > MostSteps)
                {
                    throw new InvalidOperationException($"No end after {MostSteps:N0} steps, at {Seconds:0} s of virtual time");
                }

                if (_ready.TryDequeue(out (SendOrPostCallback Run, object? State) next))
                {
                    next.Run(next.State);
                }
                else if (_timers.TryDequeue(out (VirtualTimer Timer, int Setting) due, out (long At, long Order) key))
                {
                    if (due.Timer.Setting == due.Setting)
                    {
                        _now = Math.Max(_now, key.At);
                        due.Timer.Fire();
                    }
                }
                else
                {
                    throw new InvalidOperationException("Everything waits forever");
                }
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private sealed class Context(VirtualTime time) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => time._ready.Enqueue((d, state));
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        public int Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Setting++;
            if (dueTime >= TimeSpan.Zero)
            {
                time._timers.Enqueue((this, Setting), (time._now + dueTime.Ticks, time._order++));
            }

            return true;
        }

        public void Fire() => callback(state);

        public void Dispose() => Setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
