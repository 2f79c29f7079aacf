namespace FineTuneFlow.Functions.Durable;

/// <summary>Hands out the events of one name: in the order of their arrival to waiters in the order of their waiting, and none
/// to a cancelled one. Durable Functions itself gives an event to the latest waiter and loses it when that one was cancelled, so
/// the desk keeps a single wait open there, which is never cancelled, and does the rest. Runs on the orchestration's thread
/// only.</summary>
/// <param name="next">Waits for the engine's next event of the name.</param>
/// <param name="forward">Sends an event to the execution that follows this one.</param>
public sealed class EventDesk<T>(Func<Task<T>> next, Action<T> forward) : IEventDesk
{
    private readonly LinkedList<TaskCompletionSource<T>> waiters = new();
    private readonly Queue<T> untaken = new();
    private Exception? broken;
    private bool open;
    private bool continued;

    public Task<T> Take(CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellation);
        }

        if (!open)
        {
            open = true;
            _ = ListenAsync();
        }

        if (broken is not null)
        {
            return Task.FromException<T>(broken);
        }

        if (untaken.TryDequeue(out T? held))
        {
            return Task.FromResult(held);
        }

        // Continuations run inside SetResult, on the orchestration's own thread, as replay asks.
        var waiter = new TaskCompletionSource<T>();
        LinkedListNode<TaskCompletionSource<T>> place = waiters.AddLast(waiter);
        cancellation.Register(() =>
        {
            if (place.List is not null)
            {
                waiters.Remove(place);
                waiter.SetCanceled(cancellation);
            }
        });
        return waiter.Task;
    }

    /// <summary>The execution ends to begin anew: what nobody took goes to the next one, and so does what still comes.</summary>
    public void Continue()
    {
        continued = true;
        while (untaken.TryDequeue(out T? held))
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
            broken = exception;
            foreach (TaskCompletionSource<T> waiter in waiters.ToArray())
            {
                waiter.SetException(exception);
            }

            waiters.Clear();
        }
    }

    private void Arrive(T payload)
    {
        if (continued)
        {
            forward(payload);
        }
        else if (waiters.First is { } first)
        {
            waiters.RemoveFirst();
            first.Value.SetResult(payload);
        }
        else
        {
            untaken.Enqueue(payload);
        }
    }
}
