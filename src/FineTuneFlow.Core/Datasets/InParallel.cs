using System.Runtime.ExceptionServices;

namespace FineTuneFlow.Core.Datasets;

/// <summary>A handful of jobs of different lengths on several threads, the next one wherever a thread is free. A failure comes
/// out as it was thrown, which <see cref="Parallel"/> wraps.</summary>
internal static class InParallel
{
    /// <param name="threads">How many at once; 1 or less: one after the other on this thread.</param>
    /// <param name="jobs">The longest first.</param>
    /// <exception cref="Exception">The first failure; jobs not yet begun are left out.</exception>
    public static void Run(int threads, IReadOnlyList<Action> jobs)
    {
        int next = -1;
        ExceptionDispatchInfo? failure = null;

        void Work()
        {
            int job;
            while (Volatile.Read(ref failure) is null && (job = Interlocked.Increment(ref next)) < jobs.Count)
            {
                try
                {
                    jobs[job]();
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                }
            }
        }

        var others = new Task[Math.Clamp(threads, 1, Math.Max(1, jobs.Count)) - 1];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = Task.Run(Work);
        }

        Work();
        Task.WaitAll(others);
        failure?.Throw();
    }
}
