using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>Brings messages to instances and gives instances that have some their turns, as many at once as the options allow.</summary>
internal sealed class TurnScheduler(int maxParallel, CommitThread commits, WorkCounter work, Action<InstanceSlot> run)
{
    private readonly Lock _gate = new();
    private readonly Queue<InstanceSlot> _ready = new();
    private int _running;
    private bool _stopped;

    /// <summary>Turns queued, going on or being committed.</summary>
    public WorkCounter Going { get; } = new();

    /// <returns>False when the instance has ended.</returns>
    public bool Deliver(InstanceSlot slot, Message message)
    {
        lock (slot.Gate)
        {
            if (slot.Ended)
            {
                return false;
            }

            slot.Add(message);
            if (slot.Parked && !slot.Scheduled)
            {
                StoreInbox(slot);
            }

            Wake(slot);
            return true;
        }
    }

    /// <summary>Gives the slot its turn if it has something to take. Under its gate.</summary>
    public void Wake(InstanceSlot slot)
    {
        if (slot.Scheduled || !slot.IsRunnable)
        {
            return;
        }

        slot.Scheduled = true;
        work.Begin();
        Going.Begin();
        lock (_gate)
        {
            _ready.Enqueue(slot);
            Pump();
        }
    }

    /// <summary>An instance that takes nothing for now may not lose what nobody would bring again. Under its gate.</summary>
    public void StoreInbox(InstanceSlot slot)
    {
        List<Message> unstored = slot.TakeUnstored();
        if (unstored.Count == 0)
        {
            return;
        }

        work.Begin();
        commits.Enqueue(new WriteCommit<bool>(
            write =>
            {
                foreach (Message message in unstored)
                {
                    write.InsertInbox(slot.Row.Key, message);
                    if (message.Kind == MessageKind.ActivityEnded)
                    {
                        write.DeleteTask(slot.Row.Key, message.Execution, message.Step);
                    }
                }

                return true;
            },
            _ =>
            {
                unstored.ForEach(m => m.Taken?.TrySetResult());
                work.End();
            }));
    }

    /// <summary>A turn has changed nothing, or is committed and all that follows from it is under way.</summary>
    public void Done()
    {
        Going.End();
        work.End();
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
        }
    }

    private void Pump()
    {
        while (!_stopped && _running < maxParallel && _ready.TryDequeue(out InstanceSlot? slot))
        {
            _running++;
            ThreadPool.UnsafeQueueUserWorkItem(TakeTurn, slot, preferLocal: false);
        }
    }

    private void TakeTurn(InstanceSlot slot)
    {
        try
        {
            run(slot);
        }
        finally
        {
            lock (_gate)
            {
                _running--;
                Pump();
            }
        }
    }
}
