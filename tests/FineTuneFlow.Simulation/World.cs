using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Simulation;

/// <summary>Time, and who is acting. Time passes only when nobody has anything to do, so that what happens between two moments
/// does not depend on the machine's speed.</summary>
internal sealed class World(Chance chance)
{
    private static readonly AsyncLocal<HostProcess?> Acting = new();
    private static readonly AsyncLocal<Asker?> Asks = new();
    private static readonly Task Never = new TaskCompletionSource().Task;

    [ThreadStatic]
    private static bool _isMovingTime;

    private readonly List<string> _violations = [];
    private readonly PriorityQueue<Func<Task>, DateTimeOffset> _outside = new();

    public SkippingClock Clock { get; } = new();

    public Chance Chance => chance;

    /// <summary>A worker beside the hosts with engines, which gets some steps that one of them is already doing.</summary>
    public HostProcess Second { get; } = new("second host", new WorkCounter());

    public static HostProcess? Current
    {
        get => Acting.Value;
        set => Acting.Value = value;
    }

    /// <summary>For whom the step that is going on asks a model.</summary>
    public static Asker? Asking
    {
        get => Asks.Value;
        set => Asks.Value = value;
    }

    public DateTimeOffset Now => Clock.GetUtcNow();

    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_violations)
            {
                return [.. _violations];
            }
        }
    }

    public void Violate(string what)
    {
        lock (_violations)
        {
            _violations.Add(what);
        }
    }

    /// <summary>Happens at the world's side, whatever becomes of whoever asked for it.</summary>
    public void Later(TimeSpan after, Action what)
    {
        ITimer? timer = null;
        timer = Clock.CreateTimer(
            _ =>
            {
                timer!.Dispose();
                what();
            },
            null, after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What persons and services do: done when its moment has come and nothing else goes on.</summary>
    public void Outside(DateTimeOffset at, Func<Task> what)
    {
        lock (_outside)
        {
            _outside.Enqueue(what, at);
        }
    }

    /// <returns>What is due by now; null: nothing.</returns>
    public Func<Task>? TakeOutside()
    {
        lock (_outside)
        {
            return _outside.TryPeek(out _, out DateTimeOffset at) && at <= Now ? _outside.Dequeue() : null;
        }
    }

    /// <summary>To the next moment at which anything happens; false: there is none.</summary>
    public bool MoveTime()
    {
        DateTimeOffset next = Clock.NextDue;
        lock (_outside)
        {
            if (_outside.TryPeek(out _, out DateTimeOffset at) && at < next)
            {
                next = at;
            }
        }

        if (next == DateTimeOffset.MaxValue)
        {
            return false;
        }

        _isMovingTime = true;
        try
        {
            Clock.AdvanceTo(next);
        }
        finally
        {
            _isMovingTime = false;
        }

        return true;
    }

    /// <summary>Called by a step: it goes on when this time has passed, and never in a host that has died.</summary>
    public async Task PauseAsync(TimeSpan time)
    {
        // What a timer of the product's own does (an intent's beat) is over at once.
        if (Current is not { } host || _isMovingTime)
        {
            return;
        }

        await LiveAsync();
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Later(time, () =>
        {
            if (!host.IsDead)
            {
                host.Work.Begin();
                passed.SetResult();
            }
        });
        host.Work.End();
        await passed.Task;
    }

    /// <summary>Does not come back in a host that has died.</summary>
    public static Task LiveAsync() => Current is { IsDead: true } ? Never : Task.CompletedTask;
}
