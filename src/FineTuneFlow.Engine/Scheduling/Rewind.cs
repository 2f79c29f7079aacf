using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>Brings a failed instance, and the failed children it waited for, back to where their failed steps can run again.
/// Planned beside the writer, then written in one transaction.</summary>
internal sealed class Rewind
{
    private readonly EngineRuntime _engine;
    private readonly InstanceRow _row;
    private readonly RewoundHistory _history;
    private readonly Dictionary<int, Rewind> _children = [];
    private readonly List<ActivityTask> _tasks = [];
    private readonly List<TimerEntry> _timers = [];
    private readonly List<InstanceRow> _begun = [];
    private readonly List<(long Key, Message Message)> _sent = [];

    private Rewind(EngineRuntime engine, InstanceRow row)
    {
        if (engine.Activities.IsRunning(row.Key))
        {
            // Begun before the failure, not asked to end: running it a second time beside itself could pay twice.
            throw new FlowException(FailureKind.Conflict, $"{row.Id} still has an activity running", "Rewind it when the activity has ended");
        }

        _engine = engine;
        _row = row;
        OrchestrationEntry entry = engine.UnknownOrchestration(row.Name, row.Version) is { } unknown
            ? throw new FlowException(unknown)
            : engine.Catalog.Orchestrations[(row.Name, row.Version)];
        List<HistoryRow> rows = engine.Database.Read(read => read.History(row.Key, row.Execution));
        _history = RewoundHistory.Of(rows, () => new OrchestrationExecution(row, entry, engine.Options, engine.Loggers));
        foreach (HistoryRow open in _history.Open.Where(r => r.Kind == HistoryKind.ChildScheduled))
        {
            int step = open.StepId!.Value;
            if (engine.Database.Read(read => read.Row(open.Target!)) is { Status: InstanceStatus.Failed } child && child.Parent == Asking(step))
            {
                _children[step] = new Rewind(engine, child);
            }
        }
    }

    private InstanceRow After => _row with { Status = InstanceStatus.Running, Execution = _row.Execution + 1 };

    /// <exception cref="FlowException">Conflict: it has not failed, or is the child of another instance.</exception>
    public static Rewind Plan(EngineRuntime engine, InstanceRow row)
    {
        if (row.Status != InstanceStatus.Failed)
        {
            throw new FlowException(
                FailureKind.Conflict, $"{row.Id} has not failed ({row.Status})", "Only failed instances can be rewound");
        }

        if (row.Parent is not null)
        {
            throw new FlowException(
                FailureKind.Conflict, $"{row.Id} is part of another instance", "Rewind the instance that it belongs to; this one goes along");
        }

        return new Rewind(engine, row);
    }

    /// <summary>On the commit thread.</summary>
    public void Write(WriteStatements write, string reason, long at)
    {
        Forget();
        AssertUnchanged(write);
        WriteAll(write, reason, at);
    }

    /// <summary>What followed from an attempt for which the disk had no room.</summary>
    private void Forget()
    {
        _tasks.Clear();
        _timers.Clear();
        _begun.Clear();
        _sent.Clear();
        foreach (Rewind child in _children.Values)
        {
            child.Forget();
        }
    }

    /// <summary>When it is durable.</summary>
    public void Committed()
    {
        _engine.Add(After);
        foreach (Rewind child in _children.Values)
        {
            child.Committed();
        }

        _begun.ForEach(_engine.Begin);
        _timers.ForEach(_engine.Timers.Add);
        _tasks.ForEach(_engine.Give);
        _sent.ForEach(m => _engine.Send(m.Key, m.Message));
    }

    private void AssertUnchanged(WriteStatements write)
    {
        if (write.Find(_row.Key) is not { Status: InstanceStatus.Failed } now || now.Execution != _row.Execution)
        {
            throw new FlowException(FailureKind.Conflict, $"{_row.Id} has changed meanwhile", "Look at its state again");
        }

        foreach (Rewind child in _children.Values)
        {
            child.AssertUnchanged(write);
        }
    }

    private void WriteAll(WriteStatements write, string reason, long at)
    {
        write.DeleteHistory(_row.Key, _row.Execution);
        foreach (HistoryRow dropped in _history.Dropped)
        {
            write.InsertHistory(_row.Key, _row.Execution, dropped);
        }

        int sequence = 0;
        foreach (HistoryRow kept in _history.Kept)
        {
            write.InsertHistory(_row.Key, After.Execution, kept with { Sequence = ++sequence });
            if (kept.Sequence == 0 && kept.Kind == HistoryKind.EventSent && write.Find(kept.Target!) is { Status: < InstanceStatus.Completed } receiver)
            {
                Send(write, receiver.Key, new Message { Kind = MessageKind.Event, Name = kept.Name, Payload = kept.Payload });
            }
        }

        // Its number keeps steps that fell away from being numbered anew: an answer to one of them may still be on its way.
        int lastStep = _history.Kept.Concat(_history.Dropped).Max(r => r.StepId) ?? 0;
        write.InsertHistory(_row.Key, After.Execution, new HistoryRow
        {
            Sequence = ++sequence, At = at, Kind = HistoryKind.Rewound, StepId = lastStep, Payload = reason,
        });
        write.BeginExecution(After, at, customStatus: null);
        foreach (HistoryRow open in _history.Open)
        {
            Reopen(write, open, reason, at);
        }

        Tell(write, new Message { Kind = MessageKind.Look });
    }

    private void Reopen(WriteStatements write, HistoryRow open, string reason, long at)
    {
        (long key, int execution, int step) = (_row.Key, After.Execution, open.StepId!.Value);
        switch (open.Kind)
        {
            case HistoryKind.ActivityScheduled:
                write.InsertTask(key, execution, step, 0, null);
                _tasks.Add(new ActivityTask(key, _row.Id, execution, step, open.Name!, open.Payload!));
                break;
            case HistoryKind.TimerCreated:
                write.InsertTimer(key, execution, step, open.Due!.Value);
                _timers.Add(new TimerEntry(key, execution, step, open.Due.Value));
                break;
            case HistoryKind.ChildScheduled when _children.TryGetValue(step, out Rewind? child):
                child.WriteAll(write, reason, at);
                break;
            case HistoryKind.ChildScheduled:
                ReopenChild(write, open, at);
                break;
        }
    }

    private void ReopenChild(WriteStatements write, HistoryRow open, long at)
    {
        int step = open.StepId!.Value;
        ParentStep parent = Asking(step);
        ChildCall call = JsonSerializer.Deserialize<ChildCall>(open.Payload!, FlowJson.Compact)!;
        // One that was begun for another step, or for somebody else, is not this step's child: it is asked for like a new one.
        if (write.Find(open.Target!) is { } child && child.Parent == parent)
        {
            switch (child.Status)
            {
                case < InstanceStatus.Completed:
                    return; // It has outlived its parent's failure and will tell when it ends.
                case InstanceStatus.Completed:
                    Tell(write, new Message
                    {
                        Kind = MessageKind.ChildEnded, Execution = parent.Generation, Step = step, Payload = write.OutputOf(child.Key),
                    });
                    return;
            }

            call = call with { Again = true };
        }

        if (ChildStart.Begin(write, open, call, parent, After.Execution, at, out Failure? refused) is { } begun)
        {
            _begun.Add(begun);
        }
        else if (refused is not null)
        {
            Tell(write, new Message { Kind = MessageKind.ChildEnded, Execution = parent.Generation, Step = step, Failure = refused });
        }
    }

    private ParentStep Asking(int step) => new(_row.Key, _row.Generation, step);

    private void Tell(WriteStatements write, Message message) => Send(write, _row.Key, message);

    private void Send(WriteStatements write, long receiver, Message message)
    {
        message.Stored = true;
        write.InsertInbox(receiver, message);
        _sent.Add((receiver, message));
    }
}
