using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>All that a turn changes, written in one transaction: what it took in, what it asks for, and how it ends.</summary>
internal sealed class TurnCommit(InstanceSlot slot, long at, EngineRuntime engine) : Commit
{
    private readonly InstanceRow _before = slot.Row;
    private readonly List<(ActivityTask Task, bool Reserved)> _tasks = [];
    private readonly List<InstanceRow> _started = [];
    private readonly List<(long Key, Message Message)> _sent = [];

    public InstanceSlot Slot => slot;

    public long At => at;

    public List<HistoryRow> Rows { get; } = [];

    public List<Message> Consumed { get; } = [];

    /// <summary>The instance as it is after the turn.</summary>
    public InstanceRow After { get; set; } = slot.Row;

    public string? CustomStatus { get; set; }

    public string? Output { get; set; }

    public Failure? Failure { get; set; }

    /// <summary>Events for the next execution of an instance that continues as new.</summary>
    public List<Message> Carried { get; } = [];

    public bool Continues => After.Execution != _before.Execution;

    public bool Ends => After.Status is InstanceStatus.Completed or InstanceStatus.Failed or InstanceStatus.Terminated;

    public IReadOnlyList<(ActivityTask Task, bool Reserved)> Tasks => _tasks;

    /// <summary>Children that begin.</summary>
    public IReadOnlyList<InstanceRow> Started => _started;

    /// <summary>Messages to other instances, or to itself.</summary>
    public IReadOnlyList<(long Key, Message Message)> Sent => _sent;

    public override void Write(WriteStatements write)
    {
        long key = _before.Key;
        foreach (Message message in Consumed.Where(m => m.InboxId != 0))
        {
            write.DeleteInbox(message.InboxId);
        }

        foreach (HistoryRow row in Rows)
        {
            write.InsertHistory(key, _before.Execution, row);
            Effect(write, row);
        }

        if (Ends)
        {
            write.DeleteOpenWork(key);
            write.DeleteInboxOf(key);
            write.EndInstance(key, After.Status, at, CustomStatus, Output, Failure);
            TellParent(write);
        }
        else if (Continues)
        {
            write.DeleteOpenWork(key);
            Carried.ForEach(m => write.InsertInbox(key, m));
            write.BeginExecution(After, at, CustomStatus);
            // Executions are counted from one: of those before there is nothing to summarise.
            write.SummariseHistory(key, _before.Execution - engine.Options.KeptExecutions);
        }
        else
        {
            write.UpdateInstance(key, After.Status, After.Begun, at, CustomStatus);
        }
    }

    public override void RolledBack()
    {
        engine.Activities.GiveUp(_tasks.Count(one => one.Reserved));
        _tasks.Clear();
        _started.Clear();
        _sent.Clear();
    }

    public override void Committed() => engine.TurnCommitted(this);

    public override void Failed(Exception error)
    {
        foreach (Message message in Consumed)
        {
            message.Taken?.TrySetException(Refusal.Lost(error));
        }
    }

    private void Effect(WriteStatements write, HistoryRow row)
    {
        long key = _before.Key;
        int execution = _before.Execution;
        int step = row.StepId.GetValueOrDefault();
        switch (row.Kind)
        {
            case HistoryKind.ActivityScheduled when !Ends && !Continues:
                long? lease = engine.Activities.Reserve();
                int deliveries = lease is null ? 0 : 1;
                write.InsertTask(key, execution, step, deliveries, lease);
                _tasks.Add((new ActivityTask(key, _before.Id, execution, step, row.Name!, row.Payload!) { Deliveries = deliveries }, lease is not null));
                break;
            case HistoryKind.ActivityCompleted or HistoryKind.ActivityFailed:
                write.DeleteTask(key, execution, step);
                break;
            case HistoryKind.TimerCreated:
                write.InsertTimer(key, execution, step, row.Due!.Value);
                break;
            case HistoryKind.TimerFired or HistoryKind.TimerCancelled:
                write.DeleteTimer(key, execution, step);
                break;
            case HistoryKind.ChildScheduled:
                StartChild(write, row);
                break;
            case HistoryKind.EventSent:
                Send(write, write.Find(row.Target!), new Message { Kind = MessageKind.Event, Name = row.Name, Payload = row.Payload });
                break;
            case HistoryKind.ExecutionTerminated:
                TellChildren(write, MessageKind.Terminate, row.Failure!.Message);
                break;
            case HistoryKind.Suspended:
                TellChildren(write, MessageKind.Suspend, row.Payload!);
                break;
            case HistoryKind.Resumed:
                TellChildren(write, MessageKind.Resume, row.Payload!);
                break;
        }
    }

    private void TellChildren(WriteStatements write, MessageKind kind, string reason)
    {
        foreach (InstanceRow child in write.Children(_before.Key))
        {
            Send(write, child, new Message { Kind = kind, Payload = reason });
        }
    }

    private void StartChild(WriteStatements write, HistoryRow row)
    {
        ChildCall call = JsonSerializer.Deserialize<ChildCall>(row.Payload!, FlowJson.Compact)!;
        var parent = new ParentStep(_before.Key, _before.Generation, row.StepId!.Value);
        Failure? refused = engine.UnknownOrchestration(row.Name!, call.Version);
        if (refused is null && ChildStart.Begin(write, row, call, parent, _before.Execution, at, out refused) is { } started)
        {
            _started.Add(started);
        }
        else if (refused is not null)
        {
            Send(write, _before, new Message { Kind = MessageKind.ChildEnded, Execution = parent.Generation, Step = parent.Step, Failure = refused });
        }
    }

    private void TellParent(WriteStatements write)
    {
        // Read anew: a rewound parent may wait for it in another step by now.
        if (write.Find(_before.Key)!.Parent is { } parent)
        {
            Send(write, write.Find(parent.Key), new Message
            {
                Kind = MessageKind.ChildEnded, Execution = parent.Generation, Step = parent.Step, Payload = Output, Failure = Failure,
            });
        }
    }

    private void Send(WriteStatements write, InstanceRow? receiver, Message message)
    {
        // An ended receiver takes nothing any more: as with a letter to someone who has moved away, the sender goes on.
        if (receiver is { Status: < InstanceStatus.Completed })
        {
            message.Stored = true;
            write.InsertInbox(receiver.Key, message);
            _sent.Add((receiver.Key, message));
        }
    }
}
