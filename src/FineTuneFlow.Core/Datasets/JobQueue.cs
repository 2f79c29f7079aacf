using System.Runtime.ExceptionServices;

namespace FineTuneFlow.Core.Datasets;

/// <summary>A handful of jobs of different lengths on several threads, the next one wherever a thread is free; a job may add
/// others. A failure comes out as it was thrown, which <see cref="Parallel"/> wraps.</summary>
internal sealed class JobQueue
{
    private readonly Queue<Action> waiting = [];
    private int running;
    private ExceptionDispatchInfo? failure;

    /// <summary>Adds a job behind those that wait; the longest ones should come first.</summary>
    public void Add(Action job)
    {
        lock (waiting)
        {
            waiting.Enqueue(job);
            Monitor.Pulse(waiting);
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
        failure?.Throw();
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
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            }

            lock (waiting)
            {
                running--;
                Monitor.PulseAll(waiting);
            }
        }
    }

    /// <summary>The next job; null when there is none and none can come.</summary>
    private Action? Next()
    {
        lock (waiting)
        {
            while (failure is null && waiting.Count == 0 && running > 0)
            {
                Monitor.Wait(waiting);
            }

            if (failure is not null || waiting.Count == 0)
            {
                return null;
            }

            running++;
            return waiting.Dequeue();
        }
    }
}
