namespace FineTuneFlow.Simulation;

/// <summary>The clock of what waits in the middle of a step, such as a question for its turn: while one of its timers runs, the step has
/// nothing to do, and time may pass. Right where one flow of a host waits for one of its timers, which is why scenarios that throttle
/// ask one question of a model at a time.</summary>
internal sealed class WaitingClock(World world, Func<HostProcess> process) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => world.Clock.GetUtcNow();

    public override long GetTimestamp() => world.Clock.GetTimestamp();

    public override long TimestampFrequency => world.Clock.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WaitingTimer(world, process(), () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class WaitingTimer : ITimer
    {
        private readonly Lock _gate = new();
        private readonly HostProcess _host;
        private readonly Action _fired;
        private readonly ITimer _timer;
        private bool _waits;

        public WaitingTimer(World world, HostProcess host, Action fired)
        {
            (_host, _fired) = (host, fired);
            _timer = world.Clock.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool waits = dueTime != Timeout.InfiniteTimeSpan;
            lock (_gate)
            {
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
                if (waits != _waits)
                {
                    _waits = waits;
                    Turn(waits);
                }
            }

            return true;
        }

        public void Dispose()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Turn(bool waits)
        {
            if (waits)
            {
                _host.Work.End();
            }
            else
            {
                _host.Work.Begin();
            }
        }

        private void Fire()
        {
            lock (_gate)
            {
                if (!_waits || _host.IsDead)
                {
                    return;
                }

                _waits = false;
                Turn(waits: false);
            }

            // Not on the thread that moves the time: what follows is the step's own work.
            ThreadPool.QueueUserWorkItem(_ => _fired());
        }
    }
}
