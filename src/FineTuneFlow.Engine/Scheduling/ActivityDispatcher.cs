using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>Gives activities to workers, as many at once as the options allow, under leases: a worker that ends without an
/// answer loses its lease, and the activity goes to another one.</summary>
internal sealed class ActivityDispatcher : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ActivityQueue _queue = new();
    private readonly HashSet<ActivityWorker> _running = [];
    private readonly EngineOptions _options;
    private readonly WorkflowCatalog _catalog;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly CommitThread _commits;
    private readonly WorkCounter _work;
    private readonly ITimer _heart;
    private int _reserved;
    private bool _stopping;

    public ActivityDispatcher(
        EngineOptions options, WorkflowCatalog catalog, IServiceProvider services, TimeProvider time, CommitThread commits, WorkCounter work)
    {
        _options = options;
        _catalog = catalog;
        _services = services;
        _time = time;
        _commits = commits;
        _work = work;
        _heart = time.CreateTimer(_ => Beat(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes the end of an activity.</summary>
    public required Action<ActivityTask, string?, Failure?> Ended { get; init; }

    /// <summary>Tests: a worker that is given this task dies (true) instead of running it.</summary>
    public Func<ActivityTask, bool>? Kills { get; set; }

    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running.Count;
            }
        }
    }

    public bool IsRunning(long key)
    {
        lock (_gate)
        {
            return _running.Any(w => w.Task.Key == key);
        }
    }

    /// <summary>Keeps a place for an activity that is about to be committed, so that its lease goes into the same transaction.</summary>
    /// <returns>Until when the lease runs; null: no place is free, it will have to queue.</returns>
    public long? Reserve()
    {
        lock (_gate)
        {
            if (_stopping || _running.Count + _reserved >= _options.MaxParallelActivities)
            {
                return null;
            }

            _reserved++;
            return LeaseEnd();
        }
    }

    /// <summary>Frees places that were kept for activities whose turn could not be written.</summary>
    public void GiveUp(int reserved)
    {
        lock (_gate)
        {
            _reserved -= reserved;
            Pump();
        }
    }

    /// <summary>Starts a committed activity.</summary>
    /// <param name="task">With a delivery counted already if it has a reserved place.</param>
    /// <param name="reserved">A place was kept for it.</param>
    public void Start(ActivityTask task, bool reserved)
    {
        _work.Begin();
        lock (_gate)
        {
            if (reserved)
            {
                _reserved--;
                Run(task);
            }
            else
            {
                _queue.Add(task);
                Pump();
            }
        }
    }

    /// <summary>Drops an ended instance's activities: queued ones are not begun; running ones are asked to end if the instance
    /// was terminated, and otherwise left to finish what they have begun.</summary>
    public void Drop(long key, bool cancel)
    {
        lock (_gate)
        {
            for (int dropped = _queue.Drop(key); dropped > 0; dropped--)
            {
                _work.End();
            }

            if (cancel)
            {
                foreach (ActivityWorker worker in _running.Where(w => w.Task.Key == key))
                {
                    worker.Cancel();
                }
            }
        }
    }

    /// <summary>Begins no more activities, asks running ones to end and waits for them.</summary>
    /// <returns>Those that did not end: their work will be given out again.</returns>
    public async Task<IReadOnlyList<ActivityTask>> StopAsync(TimeSpan grace)
    {
        ActivityWorker[] running;
        lock (_gate)
        {
            _stopping = true;
            running = [.. _running];
            Array.ForEach(running, w => w.Cancel());
        }

        await Task.WhenAny(Task.WhenAll(running.Select(w => w.Work)), Task.Delay(grace, TimeProvider.System));
        return [.. running.Where(w => !w.HasAnswered).Select(w => w.Task)];
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
        }

        _heart.Dispose();
    }

    private void Pump()
    {
        while (!_stopping && _running.Count + _reserved < _options.MaxParallelActivities && _queue.TryTake(out ActivityTask? task))
        {
            ActivityTask given = task with { Deliveries = task.Deliveries + 1 };
            long lease = LeaseEnd();
            // Not waited for: what it guards against (a task that kills its process each time) does not need the very first moments.
            _ = _commits.RunAsync(write =>
            {
                write.LeaseTask(given.Key, given.Execution, given.Step, given.Deliveries, lease);
                return true;
            });
            Run(given);
        }
    }

    private void Run(ActivityTask task)
    {
        var worker = new ActivityWorker(task, _time.GetUtcNow().UtcTicks, LeaseEnd());
        if (_running.Count == 0)
        {
            _heart.Change(_options.HeartBeat, _options.HeartBeat);
        }

        _running.Add(worker);
        worker.Work = Kills?.Invoke(task) == true ? Task.CompletedTask : Task.Run(() => WorkAsync(worker));
    }

    private async Task WorkAsync(ActivityWorker worker)
    {
        ActivityTask task = worker.Task;
        string? output = null;
        Failure? failure = null;
        if (!_catalog.Activities.TryGetValue(task.Name, out ActivityEntry? entry))
        {
            failure = new Failure(FailureKind.NotFound, $"This host has no activity {task.Name}", "Run a host that still has it, then rewind the instance");
        }
        else
        {
            (output, failure) = await worker.RunAsync(entry, _services, _options);
        }

        bool interrupted;
        lock (_gate)
        {
            // A failure while the host stops may come of nothing but that: it is not an outcome, the activity runs again at the next start.
            interrupted = _stopping && failure is not null;
        }

        if (!interrupted)
        {
            worker.HasAnswered = true;
            Ended(task, output, failure);
        }

        Release(worker);
    }

    private void Release(ActivityWorker worker)
    {
        lock (_gate)
        {
            if (!_running.Remove(worker))
            {
                return; // Its lease or its time had run out.
            }

            worker.Dispose();
            if (_running.Count == 0)
            {
                _heart.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            Pump();
        }

        _work.End();
    }

    private void Beat()
    {
        ActivityWorker[] overdue;
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            long now = _time.GetUtcNow().UtcTicks;
            overdue = [.. _running.Where(w => !w.IsDead && now - w.StartedAt >= _options.ActivityTimeout.Ticks)];
            Array.ForEach(overdue, w => _running.Remove(w));
            // First the signs of life, then the leases: a machine that has slept finds all of them run out.
            ActivityTask[] alive = [.. _running.Where(w => !w.IsDead).Select(w => w.Renew(LeaseEnd()).Task)];
            long lease = LeaseEnd();
            _ = _commits.RunAsync(write =>
            {
                Array.ForEach(alive, t => write.LeaseTask(t.Key, t.Execution, t.Step, t.Deliveries, lease));
                return true;
            });
            foreach (ActivityWorker dead in _running.Where(w => w.LeaseUntil <= now).ToArray())
            {
                _running.Remove(dead);
                _queue.Add(dead.Task);
            }

            if (_running.Count == 0)
            {
                _heart.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            Pump();
        }

        Array.ForEach(overdue, GiveUp);
    }

    /// <summary>It lives, but hangs: its place and its step go on without it.</summary>
    private void GiveUp(ActivityWorker worker)
    {
        worker.Cancel();
        Ended(worker.Task, null, new Failure(
            FailureKind.Unavailable,
            $"{worker.Task.Name} did not end within {_options.ActivityTimeout}",
            "It is tried again as its policy says; if it hangs each time, look at the host's log for what it waits for"));
        _work.End();
    }

    private long LeaseEnd() => (_time.GetUtcNow() + _options.ActivityLease).UtcTicks;
}
