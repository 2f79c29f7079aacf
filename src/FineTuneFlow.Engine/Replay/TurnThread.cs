namespace FineTuneFlow.Engine.Replay;

/// <summary>Runs an orchestration's code, with all that it awaits, on the one thread of the current turn. What comes from
/// another thread, or when no turn is going on, is not run: it would not be there at a replay.</summary>
internal sealed class TurnThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private volatile Thread? _thread;

    /// <summary>Foreign code has tried to go on with the orchestration.</summary>
    public bool Intruded { get; private set; }

    public Action? OnIntrusion { get; set; }

    public bool IsCurrent => _thread == Thread.CurrentThread;

    /// <summary>Runs the action and all that follows from it.</summary>
    public void Run(Action action)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        _thread = Thread.CurrentThread;
        try
        {
            action();
            while (_queue.TryDequeue(out (SendOrPostCallback Callback, object? State) next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            _thread = null;
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
        {
            _queue.Enqueue((d, state));
            return;
        }

        Intruded = true;
        OnIntrusion?.Invoke();
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!IsCurrent)
        {
            throw new NotSupportedException("An orchestration's code runs in its turns only.");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
