namespace FineTuneFlow.Functions.Durable;

/// <summary>Hands out the events of one name: in the order of their arrival to waiters in the order of their waiting, and none
/// to a cancelled one. Durable Functions itself gives an event to the latest waiter and loses it when that one was cancelled, so
/// the desk keeps a single wait open there, which is never cancelled, and does the rest. Runs on the orchestration's thread
/// only.</summary>
/// <param name="next">Waits for the engine's next event of the name.</param>
/// <param name="forward">Sends an event to the execution that follows this one.</param>
public sealed class EventDesk<T>(Func<Task<T>> next, Action<T> forward) : IEventDesk
{
    private readonly LinkedList<TaskCompletionSource<T>> _waiters = new();
    private readonly Queue<T> _untaken = new();
    private Exception? _broken;
    private bool _open;
    private bool _continued;

    public Task<T> Take(CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellation);
        }

        if (!_open)
        {
            _open = true;
            _ = ListenAsync();
        }

        if (_broken is not null)
        {
            return Task.FromException<T>(_broken);
        }

        if (_untaken.TryDequeue(out T? held))
        {
            return Task.FromResult(held);
        }

        // Continuations run inside SetResult, on the orchestration's own thread, as replay asks.
        var waiter = new TaskCompletionSource<T>();
        LinkedListNode<TaskCompletionSource<T>> place = _waiters.AddLast(waiter);
        cancellation.Register(() =>
        {
            if (place.List is not null)
            {
                _waiters.Remove(place);
                waiter.SetCanceled(cancellation);
            }
        });
        return waiter.Task;
    }

    /// <summary>The execution ends to begin anew: what nobody took goes to the next one, and so does what still comes.</summary>
    public void Continue()
    {
        _continued = true;
        while (_untaken.TryDequeue(out T? held))
        {
            forward(held);
        }
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                Arrive(await next());
            }
        }
        catch (Exception exception)
        {
            _broken = exception;
            foreach (TaskCompletionSource<T> waiter in _waiters.ToArray())
            {
                waiter.SetException(exception);
            }

            _waiters.Clear();
        }
    }

    private void Arrive(T payload)
    {
        if (_continued)
        {
            forward(payload);
        }
        else if (_waiters.First is { } first)
        {
            _waiters.RemoveFirst();
            first.Value.SetResult(payload);
        }
        else
        {
            _untaken.Enqueue(payload);
        }
    }
}
