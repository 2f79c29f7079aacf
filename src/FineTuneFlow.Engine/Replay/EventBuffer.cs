namespace FineTuneFlow.Engine.Replay;

/// <summary>Events by name in the order of their arrival, and those who wait for them in the order of their waiting.</summary>
internal sealed class EventBuffer
{
    private readonly Dictionary<string, LinkedList<TaskCompletionSource<string>>> _waiters = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Payload)> _untaken = [];

    public int Waiting { get; private set; }

    /// <summary>Events that nobody has waited for, in the order of their arrival.</summary>
    public IReadOnlyList<(string Name, string Payload)> Untaken => _untaken;

    public void Arrive(string name, string payload)
    {
        if (_waiters.TryGetValue(name, out LinkedList<TaskCompletionSource<string>>? waiters) && waiters.First is { } first)
        {
            waiters.RemoveFirst();
            Waiting--;
            first.Value.SetResult(payload);
            return;
        }

        _untaken.Add((name, payload));
    }

    public Task<string> Take(string name, CancellationToken cancellation)
    {
        int held = _untaken.FindIndex(e => e.Name == name);
        if (held >= 0)
        {
            string payload = _untaken[held].Payload;
            _untaken.RemoveAt(held);
            return Task.FromResult(payload);
        }

        if (!_waiters.TryGetValue(name, out LinkedList<TaskCompletionSource<string>>? waiters))
        {
            _waiters[name] = waiters = new LinkedList<TaskCompletionSource<string>>();
        }

        // Continuations run inside SetResult, on the turn's thread: moved elsewhere, Task.WhenAny would go on in the thread pool.
        var waiter = new TaskCompletionSource<string>();
        LinkedListNode<TaskCompletionSource<string>> node = waiters.AddLast(waiter);
        Waiting++;
        cancellation.Register(() =>
        {
            if (node.List is not null)
            {
                waiters.Remove(node);
                Waiting--;
                waiter.SetCanceled(cancellation);
            }
        });
        return waiter.Task;
    }
}
