using System.Diagnostics.CodeAnalysis;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>Activities that wait for a worker, in the order of their coming. Whoever shares one guards it.</summary>
internal sealed class ActivityQueue
{
    private readonly Queue<ActivityTask> _tasks = new();
    private readonly Dictionary<long, int> _byInstance = []; // So that the end of an instance without waiting work need not search.

    public int Count => _tasks.Count;

    public void Add(ActivityTask task)
    {
        _tasks.Enqueue(task);
        _byInstance[task.Key] = _byInstance.GetValueOrDefault(task.Key) + 1;
    }

    public bool TryTake([NotNullWhen(true)] out ActivityTask? task)
    {
        if (!_tasks.TryDequeue(out task))
        {
            return false;
        }

        if (--_byInstance[task.Key] == 0)
        {
            _byInstance.Remove(task.Key);
        }

        return true;
    }

    /// <summary>Takes an instance's activities out.</summary>
    /// <returns>How many there were.</returns>
    public int Drop(long key)
    {
        if (!_byInstance.Remove(key, out int dropped))
        {
            return 0;
        }

        for (int left = _tasks.Count; left > 0; left--)
        {
            ActivityTask task = _tasks.Dequeue();
            if (task.Key != key)
            {
                _tasks.Enqueue(task);
            }
        }

        return dropped;
    }
}
