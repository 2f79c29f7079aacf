using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>Lets requests to one model through: as many at once as the service has been found to take, at the pace it has been
/// found to keep, and none while it asked to wait. Concurrency follows CUBIC (RFC 9438): after a refusal a little less, then
/// slowly back to the last ceiling, and beyond it ever faster until the next refusal.</summary>
internal sealed class ModelGate
{
    private const double FirstLimit = 4;

    /// <summary>Concurrency after a refusal, as a share of what it was.</summary>
    private const double Decrease = 0.9;

    /// <summary>CUBIC's constant C, in requests per second cubed.</summary>
    private const double Cubic = 0.4;

    /// <summary>Of a rate that is known: the rest is left for the unevenness of the network.</summary>
    private const double ShareOfRate = 0.98;

    /// <summary>Turns that a late timer has missed follow at once, up to this many seconds' worth.</summary>
    private const double CatchUp = 0.025;

    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiters = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly double _most;
    private readonly double _mostRate;

    private int _inFlight;
    private double _limit;
    private double _floor = 1;
    private double? _ceiling;
    private long _decreasedAt = long.MinValue;
    private long _pausedUntil = long.MinValue;
    private double _rate;
    private double _credit = 1;
    private long _creditAt;
    private long _cycleStart;
    private int _cycleTaken;

    /// <param name="mostAtOnce">Requests in flight, at most.</param>
    /// <param name="requestsPerMinute">Where the limit is known.</param>
    /// <param name="time">Clock of pauses and pace.</param>
    public ModelGate(int mostAtOnce, int? requestsPerMinute, TimeProvider time)
    {
        _time = time;
        _most = mostAtOnce;
        _limit = Math.Min(FirstLimit, mostAtOnce);
        _rate = _mostRate = requestsPerMinute / 60.0 * ShareOfRate ?? double.PositiveInfinity;
        _creditAt = _cycleStart = time.GetTimestamp();
        _timer = time.CreateTimer(static gate => ((ModelGate)gate!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for a turn, in order of arrival.</summary>
    /// <returns>Time of the turn, to be given back by <see cref="Answered"/>, <see cref="Throttled"/> or <see cref="Left"/>.</returns>
    public async ValueTask<long> EnterAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && WaitLocked() == TimeSpan.Zero)
            {
                return TakeLocked();
            }

            waiter = new Waiter();
            _waiters.Enqueue(waiter);
            PumpLocked();
        }

        await using CancellationTokenRegistration giveUp = cancellation.UnsafeRegister(
            static (one, token) => ((Waiter)one!).TrySetCanceled(token), waiter);
        return await waiter.Task;
    }

    /// <param name="note">What the service said about its limit.</param>
    public void Answered(RateLimitNote? note)
    {
        lock (_lock)
        {
            // Room that nobody wanted says nothing about what the service takes.
            if (_inFlight >= (int)_limit)
            {
                GrowLocked();
            }

            _inFlight--;
            if (note is not null)
            {
                HeedLocked(note);
            }

            PumpLocked();
        }
    }

    /// <param name="sent">The refused request's turn.</param>
    /// <param name="retryAfter">How long the service asked to wait.</param>
    public void Throttled(long sent, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            _inFlight--;
            _cycleTaken--;
            long now = _time.GetTimestamp();
            if (sent >= _decreasedAt)
            {
                if (retryAfter is { } pause)
                {
                    // A rate was passed: concurrency alone would be answered without a time.
                    LearnRateLocked(now, now + Ticks(pause));
                }

                _ceiling = Math.Max(1, Math.Floor(_limit) - 1);
                _floor = Math.Max(1, _limit * 0.5);
                _limit = Math.Max(1, _limit * Decrease);
                _decreasedAt = now;
            }
            else
            {
                // Sent before the one that was refused first: each more is one too many.
                _limit = Math.Max(_floor, _limit - 1);
                _ceiling = Math.Max(_floor, _ceiling.GetValueOrDefault(_limit) - 1);
            }

            _pausedUntil = Math.Max(_pausedUntil, retryAfter is { } asked ? now + Ticks(asked) : long.MinValue);
            PumpLocked();
        }
    }

    /// <summary>The call ended otherwise: nothing is learned from it.</summary>
    public void Left()
    {
        lock (_lock)
        {
            _inFlight--;
            PumpLocked();
        }
    }

    /// <summary>Until the first refusal by one an answer, which doubles it each round trip; then CUBIC.</summary>
    private void GrowLocked()
    {
        if (_ceiling is not { } ceiling)
        {
            _limit = Math.Min(_most, _limit + 1);
            return;
        }

        double plateau = Math.Cbrt(ceiling * (1 - Decrease) / Cubic);
        double seconds = _time.GetElapsedTime(_decreasedAt).TotalSeconds - plateau;
        _limit = Math.Min(_most, Math.Max(_limit, ceiling + (Cubic * seconds * seconds * seconds)));
    }

    /// <summary>What was let through since the last refusal, over the time that it took with the pause, is the service's pace.</summary>
    private void LearnRateLocked(long now, long resume)
    {
        double seconds = _time.GetElapsedTime(_cycleStart, resume).TotalSeconds;
        if (_cycleTaken > _inFlight && seconds > 0)
        {
            _rate = Math.Min(_mostRate, Math.Max(1, _cycleTaken) / seconds * ShareOfRate);
        }

        _cycleStart = resume;
        _cycleTaken = 0;
        _credit = Math.Min(_credit, 0);
        _creditAt = Math.Max(now, resume);
    }

    /// <summary>When the allowance is nearly used up, go on at the pace at which it fills.</summary>
    private void HeedLocked(RateLimitNote note)
    {
        int used = note.Limit - note.Remaining;
        if (used > 0 && note.Reset > TimeSpan.Zero && note.Remaining <= Math.Max(1, _inFlight * 2))
        {
            _rate = Math.Min(_mostRate, used / note.Reset.TotalSeconds * ShareOfRate);
            _credit = Math.Min(_credit, note.Remaining - _inFlight);
        }
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            PumpLocked();
        }
    }

    private void PumpLocked()
    {
        while (_waiters.TryPeek(out Waiter? next))
        {
            if (next.Task.IsCompleted)
            {
                _waiters.Dequeue();
                continue;
            }

            if (WaitLocked() is not { } wait)
            {
                // Whoever leaves opens the gate again.
                return;
            }

            if (wait > TimeSpan.Zero)
            {
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
                return;
            }

            _waiters.Dequeue();
            long turn = TakeLocked();
            if (!next.TrySetResult(turn))
            {
                _inFlight--;
            }
        }
    }

    /// <summary>Zero: a turn is free now. Null: not before another request ends.</summary>
    private TimeSpan? WaitLocked()
    {
        if (_inFlight >= Math.Max(1, (int)_limit))
        {
            return null;
        }

        long now = _time.GetTimestamp();
        if (now < _pausedUntil)
        {
            return Rounded(_time.GetElapsedTime(now, _pausedUntil));
        }

        if (double.IsInfinity(_rate))
        {
            return TimeSpan.Zero;
        }

        double seconds = Math.Max(0, _time.GetElapsedTime(_creditAt, now).TotalSeconds);
        _creditAt = Math.Max(_creditAt, now);
        // A learned pace is raised, slowly at first, to find out whether the service takes more by now.
        double calm = Math.Max(0, _time.GetElapsedTime(_cycleStart, now).TotalSeconds);
        _rate = Math.Min(_mostRate, _rate * (1 + (Math.Min(seconds, 1) * Math.Min(0.05, 0.002 + (0.0005 * calm)))));
        _credit = Math.Min(Math.Max(1, _rate * CatchUp), _credit + (_rate * seconds));
        return _credit >= 1 ? TimeSpan.Zero : Rounded(TimeSpan.FromSeconds((1 - _credit) / _rate));
    }

    private long TakeLocked()
    {
        _inFlight++;
        _cycleTaken++;
        _credit -= double.IsInfinity(_rate) ? 0 : 1;
        return _time.GetTimestamp();
    }

    /// <summary>Timers count whole milliseconds and would fire just too early.</summary>
    private static TimeSpan Rounded(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds)));

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private sealed class Waiter() : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
}
