using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>Lets requests to one model through: as many at once as the service has been found to take, at the pace it has been
/// found to keep, and none while it asked to wait. Concurrency follows CUBIC (RFC 9438): after a refusal a little less, then
/// slowly back to the last ceiling, and beyond it ever faster until the next refusal. A refusal that does not fit the limit known
/// so far is doubted: requests sent since then bear witness, and only where they are refused too was it the limit.</summary>
internal sealed partial class ModelGate
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

    /// <summary>A pace is the known limit again down to this share of it; a limit does not halve from one second to the next.</summary>
    private const double SameLimit = 0.85;

    /// <summary>Requests that are let through to find out what a refusal meant, all refused or all but one answered; else more
    /// decide. Of twenty requests one refused at random, a limit is seen where there is none once in two thousand times.</summary>
    private const int Witnesses = 3;

    /// <summary>How many refusals in a row are taken for a limit that was found, before it has to be found again.</summary>
    private const int MostTrust = 8;

    /// <summary>What a pace is raised by when a refusal turned out to say nothing about it.</summary>
    private const double Restore = 1.5;

    /// <summary>Waits longer than this are not held here: who asks is told until when.</summary>
    public static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiters = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly string _service;
    private readonly double _most;
    private readonly double _mostRate;

    private int _inFlight;
    private double _limit;
    private double _floor;
    private double? _ceiling;
    private long _decreasedAt = long.MinValue;
    private long _pausedUntil = long.MinValue;
    private double _rate;
    private double _credit = 1;
    private long _creditAt;
    private long _cycleStart;
    private int _cycleTaken;
    private double? _learned;
    private double _found;
    private double _rateBefore = double.PositiveInfinity;
    private int _trust;
    private int _contradicted;
    private bool _refusesByChance;
    private Doubt? _doubt;

    /// <param name="service">For messages.</param>
    /// <param name="mostAtOnce">Requests in flight, at most.</param>
    /// <param name="requestsPerMinute">Where the limit is known.</param>
    /// <param name="time">Clock of pauses and pace.</param>
    public ModelGate(string service, int mostAtOnce, int? requestsPerMinute, TimeProvider time)
    {
        (_service, _time) = (service, time);
        _most = mostAtOnce;
        _limit = Math.Min(FirstLimit, mostAtOnce);
        _rate = _mostRate = requestsPerMinute / 60.0 * ShareOfRate ?? double.PositiveInfinity;
        _creditAt = _cycleStart = time.GetTimestamp();
        _timer = time.CreateTimer(static gate => ((ModelGate)gate!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for a turn, in order of arrival.</summary>
    /// <exception cref="FlowException">Throttled: the service asked to wait for longer than is held here.</exception>
    /// <returns>Time of the turn, to be given back by <see cref="Answered"/>, <see cref="Throttled"/> or <see cref="Left"/>.</returns>
    public async ValueTask<long> EnterAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var waiter = new Waiter();
        lock (_lock)
        {
            _waiters.Enqueue(waiter);
            PumpLocked();
        }

        await using CancellationTokenRegistration giveUp = cancellation.UnsafeRegister(
            static (one, token) => ((Waiter)one!).TrySetCanceled(token), waiter);
        return await waiter.Task;
    }

    /// <param name="sent">The answered request's turn.</param>
    /// <param name="note">What the service said about its limit.</param>
    public void Answered(long sent, RateLimitNote? note)
    {
        lock (_lock)
        {
            WitnessLocked(sent, refused: false, _time.GetTimestamp());
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
            long resume = retryAfter is { } asked ? now + Ticks(asked) : now;
            if (retryAfter > MostPatience)
            {
                // A service that names such a time means it.
                _pausedUntil = Math.Max(_pausedUntil, resume);
            }
            else if (_doubt is { } doubt && retryAfter is not null)
            {
                doubt.Resumes.Add(resume);
                WitnessLocked(sent, refused: true, now);
            }
            else if (retryAfter is not null && sent >= _decreasedAt && !IsKnownLimitLocked(resume))
            {
                _doubt = new Doubt(now, resume);
            }
            else
            {
                LimitLocked(sent, now, retryAfter is null ? null : resume);
            }

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

            if (TooLongLocked() is { } told)
            {
                _waiters.Dequeue();
                next.TrySetException(told);
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

    /// <summary>Zero or less: a turn is free now. Null: not before another request ends.</summary>
    private TimeSpan? WaitLocked()
    {
        long now = _time.GetTimestamp();
        if (now < _pausedUntil)
        {
            return Rounded(_time.GetElapsedTime(now, _pausedUntil));
        }

        // While a refusal is in doubt a few are let through, to bear witness, and not all that there is room for. They go at once:
        // spread out they would all be answered, though a little more would be too much.
        if (_doubt is { } doubt)
        {
            return doubt.WantsWitness ? (_inFlight < _most ? TimeSpan.Zero : null) : _inFlight > 0 ? null : TimeSpan.Zero;
        }

        if (_inFlight >= (int)_limit)
        {
            return null;
        }

        if (double.IsInfinity(_rate))
        {
            return TimeSpan.Zero;
        }

        // Both marks lie at or before the end of the pause, which is over.
        double seconds = _time.GetElapsedTime(_creditAt, now).TotalSeconds;
        _creditAt = now;
        // A learned pace is raised, slowly at first, to find out whether the service takes more by now.
        double calm = _time.GetElapsedTime(_cycleStart, now).TotalSeconds;
        _rate = Math.Min(_mostRate, _rate * (1 + (Math.Min(seconds, 1) * Math.Min(0.05, 0.002 + (0.0005 * calm)))));
        _credit = Math.Min(Math.Max(1, _rate * CatchUp), _credit + (_rate * seconds));
        return Rounded(TimeSpan.FromSeconds((1 - _credit) / _rate));
    }

    private long TakeLocked()
    {
        _inFlight++;
        _cycleTaken++;
        if (_doubt is { } doubt)
        {
            doubt.Sent++;
        }

        _credit -= double.IsInfinity(_rate) ? 0 : 1;
        return _time.GetTimestamp();
    }

    /// <summary>The service asked to wait for longer than anybody should be held here.</summary>
    private FlowException? TooLongLocked()
    {
        TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), Math.Max(_pausedUntil, _time.GetTimestamp()));
        return left > MostPatience
            ? new FlowException(new Failure(
                FailureKind.Throttled, $"{_service} asks to wait until {_time.GetUtcNow() + left:yyyy-MM-dd HH:mm} UTC", "It is waited for", RetryAfter: left))
            : null;
    }

    /// <summary>Timers count whole milliseconds and would fire just too early.</summary>
    private static TimeSpan Rounded(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private sealed class Waiter() : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
}
