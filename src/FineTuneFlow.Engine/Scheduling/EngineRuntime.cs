using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>The parts of a running engine and what passes between them. Everything open is in memory; the database is read
/// at the start, for cold histories and for queries.</summary>
internal sealed class EngineRuntime : IDisposable
{
    private readonly ConcurrentDictionary<long, InstanceSlot> _byKey = new();
    private readonly ConcurrentDictionary<string, InstanceSlot> _byId = new(StringComparer.Ordinal);
    private readonly LiveCache _live;
    private readonly ILogger _log;
    private readonly TaskCompletionSource _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EngineRuntime(EngineOptions options, WorkflowCatalog catalog, IServiceProvider services, TimeProvider time, ILoggerFactory loggers)
    {
        (Options, Catalog, Time, Loggers) = (options, catalog, time, loggers);
        _log = loggers.CreateLogger<DurableEngine>();
        _live = new LiveCache(options.MaxLiveOrchestrations);
        Database = EngineDatabase.Open(options.DatabasePath, time.GetUtcNow());
        Commits = new CommitThread(Database.Writer, Fault, Room);
        Turns = new TurnScheduler(options.MaxParallelOrchestrations, Commits, Work, TakeTurn);
        Activities = new ActivityDispatcher(options, catalog, services, time, Commits, Work) { Ended = ActivityEnded };
        Timers = new TimerQueue(time, TimerDue);
    }

    public EngineOptions Options { get; }

    public WorkflowCatalog Catalog { get; }

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public EngineDatabase Database { get; }

    public CommitThread Commits { get; }

    public TurnScheduler Turns { get; }

    public ActivityDispatcher Activities { get; }

    public TimerQueue Timers { get; }

    public WorkCounter Work { get; } = new();

    /// <summary>Fails when the database could not be written.</summary>
    public Task Faulted => _faulted.Task;

    /// <summary>Completes when nothing more will happen here: what was not answered until then will not be.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Tests: how often a message is delivered.</summary>
    public Func<Message, int>? Copies { get; set; }

    public IEnumerable<InstanceSlot> Slots => _byKey.Select(slot => slot.Value);

    public InstanceSlot? Find(string id) => _byId.GetValueOrDefault(id);

    public InstanceSlot? Find(long key) => _byKey.GetValueOrDefault(key);

    /// <summary>Makes a committed instance known and gives it its first turn.</summary>
    public void Begin(InstanceRow row)
    {
        InstanceSlot slot = Add(row);
        slot.NextSequence = 1;
        Deliver(slot, new Message { Kind = MessageKind.Start });
    }

    /// <summary>Makes an instance known again that has been rewound, without a message.</summary>
    public InstanceSlot Add(InstanceRow row)
    {
        var slot = new InstanceSlot(row, UnknownOrchestration(row.Name, row.Version) is not null);
        _byKey[row.Key] = slot;
        _byId[row.Id] = slot;
        return slot;
    }

    public void Send(long key, Message message)
    {
        if (_byKey.TryGetValue(key, out InstanceSlot? slot))
        {
            Deliver(slot, message);
        }
    }

    public void Give(ActivityTask task)
    {
        if (task.Deliveries < Options.MaxDeliveries)
        {
            Activities.Start(task, reserved: false);
            return;
        }

        ActivityEnded(task, null, new Failure(
            FailureKind.Internal,
            $"{task.Name} was given to {task.Deliveries} workers, and each of them died while running it",
            "Look at the host's log for what ends its process, then rewind the instance"));
    }

    /// <returns>Null where the catalog has it.</returns>
    public Failure? UnknownOrchestration(string name, string version) => OrchestrationVersions.Missing(Catalog, name, version);

    /// <summary>On the commit thread, when a turn is durable: only now does the world get to see it.</summary>
    public void TurnCommitted(TurnCommit turn)
    {
        InstanceSlot slot = turn.Slot;
        long key = slot.Row.Key;
        if (turn.Ends || turn.Continues)
        {
            Timers.CancelAll(key);
            Activities.Drop(key, cancel: turn.After.Status == InstanceStatus.Terminated);
        }
        else
        {
            Follow(turn);
        }

        foreach (InstanceRow child in turn.Started)
        {
            Begin(child);
        }

        Finish(slot, turn);
        foreach (Message message in turn.Consumed)
        {
            message.Taken?.TrySetResult();
        }

        foreach ((long receiver, Message message) in turn.Sent)
        {
            Send(receiver, message);
        }

        Turns.Done();
    }

    public void Dispose()
    {
        Timers.Dispose();
        Activities.Dispose();
        Commits.Dispose();
        Database.Dispose();
        _stopped.TrySetResult();
    }

    private void Deliver(InstanceSlot slot, Message message)
    {
        for (int copies = Copies?.Invoke(message) ?? 1; copies > 0; copies--)
        {
            Turns.Deliver(slot, message);
        }
    }

    private void TakeTurn(InstanceSlot slot)
    {
        try
        {
            List<Message> messages;
            lock (slot.Gate)
            {
                messages = slot.Take();
            }

            TurnCommit? commit = new Turn(this, slot).Run(messages, out List<Message> left);
            lock (slot.Gate)
            {
                slot.PutFirst(left);
            }

            if (commit is not null)
            {
                Commits.Enqueue(commit);
                return;
            }

            lock (slot.Gate)
            {
                slot.Scheduled = false;
                Turns.Wake(slot);
            }

            Turns.Done();
        }
        catch (ObjectDisposedException)
        {
            // The engine was stopped beneath this turn: it is taken again at the next start.
        }
        catch (Exception fault)
        {
            Fault(fault);
        }
    }

    private void Follow(TurnCommit turn)
    {
        (long key, int execution) = (turn.Slot.Row.Key, turn.Slot.Row.Execution);
        foreach (HistoryRow row in turn.Rows)
        {
            if (row.Kind == HistoryKind.TimerCreated)
            {
                Timers.Add(new TimerEntry(key, execution, row.StepId!.Value, row.Due!.Value));
            }
            else if (row.Kind == HistoryKind.TimerCancelled)
            {
                Timers.Cancel(key, execution, row.StepId!.Value);
            }
        }

        foreach ((ActivityTask task, bool reserved) in turn.Tasks)
        {
            Activities.Start(task, reserved);
        }
    }

    private void Finish(InstanceSlot slot, TurnCommit turn)
    {
        List<Message> late = [];
        lock (slot.Gate)
        {
            slot.Row = turn.After;
            slot.Scheduled = false;
            if (turn.Ends)
            {
                slot.Ended = true;
                slot.Live = null;
                late = slot.TakeAll();
                _byKey.TryRemove(new(slot.Row.Key, slot));
                _byId.TryRemove(new(slot.Row.Id, slot));
            }
            else if (turn.Continues)
            {
                slot.Live = null;
                slot.NextSequence = 1;
                slot.PutFirst(turn.Carried.Prepend(new Message { Kind = MessageKind.Start }));
            }

            if (slot.Parked)
            {
                Turns.StoreInbox(slot);
            }

            Turns.Wake(slot);
        }

        if (slot.Live is not null)
        {
            _live.Touch(slot);
        }
        else
        {
            _live.Remove(slot);
        }

        foreach (Message message in late)
        {
            message.Taken?.TrySetException(Refusal.HasEnded(slot.Row.Id, slot.Row.Status));
        }
    }

    private void ActivityEnded(ActivityTask task, string? output, Failure? failure) => Send(task.Key, new Message
    {
        Kind = MessageKind.ActivityEnded, Execution = task.Execution, Step = task.Step, Payload = output, Failure = failure,
    });

    private void TimerDue(TimerEntry timer) =>
        Send(timer.Key, new Message { Kind = MessageKind.TimerDue, Execution = timer.Execution, Step = timer.Step });

    private void Room(FlowException? full)
    {
        if (full is null)
        {
            _log.LogInformation("The engine's disk has room again: what runs goes on");
        }
        else
        {
            _log.LogError("The engine waits: {Full}. {Remedy}", full.Failure.Message, full.Failure.Remedy);
        }
    }

    private void Fault(Exception fault)
    {
        _log.LogCritical(fault, "The engine has stopped: its database could not be read or written; nothing committed is lost");
        Turns.Stop();
        Activities.Dispose();
        Timers.Dispose();
        _faulted.TrySetException(fault);
        _stopped.TrySetResult();
    }
}
