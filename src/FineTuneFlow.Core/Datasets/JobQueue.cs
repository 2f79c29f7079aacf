using System.Runtime.ExceptionServices;

namespace FineTuneFlow.Core.Datasets;

/// <summary>A handful of jobs of different lengths on several threads, the next one wherever a thread is free; a job may add
/// others. A failure comes out as it was thrown, which <see cref="Parallel"/> wraps.</summary>
internal sealed class JobQueue
{
    private readonly Queue<Action> _waiting = [];
    private int _running;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Adds a job behind those that wait; the longest ones should come first.</summary>
    public void Add(Action job)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(job);
            Monitor.Pulse(_waiting);
        }
    }

    /// <summary>Returns when all jobs are done, those added meanwhile among them.</summary>
    /// <param name="threads">How many at once; 1 or less: one after the other on this thread.</param>
    /// <exception cref="Exception">The first failure; jobs not yet begun are left out.</exception>
    public void Run(int threads)
    {
        var others = new Task[Math.Max(1, threads) - 1];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = Task.Run(Work);
        }

        Work();
        Task.WaitAll(others);
        _failure?.Throw();
    }

    private void Work()
    {
        while (Next() is { } job)
        {
            try
            {
                job();
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }

            lock (_waiting)
            {
                _running--;
                Monitor.PulseAll(_waiting);
            }
        }
    }

    /// <summary>The next job; null when there is none and none can come.</summary>
    private Action? Next()
    {
        lock (_waiting)
        {
            while (_failure is null && _waiting.Count == 0 && _running > 0)
            {
                Monitor.Wait(_waiting);
            }

            if (_failure is not null || _waiting.Count == 0)
            {
                return null;
            }

            _running++;
            return _waiting.Dequeue();
        }
    }
}
