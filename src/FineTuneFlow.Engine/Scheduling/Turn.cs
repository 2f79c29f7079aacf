using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>One turn of an instance: takes its messages in order, runs the code on each, and gathers what is to be committed.</summary>
internal sealed class Turn
{
    private readonly EngineRuntime _engine;
    private readonly InstanceSlot _slot;
    private readonly TurnCommit _commit;
    private readonly NewSteps _steps;
    private OrchestrationExecution? _execution;

    public Turn(EngineRuntime engine, InstanceSlot slot)
    {
        _engine = engine;
        _slot = slot;
        long at = Math.Max(engine.Time.GetUtcNow().UtcTicks, slot.LastTurn);
        slot.LastTurn = at;
        if (slot.NextSequence == 0)
        {
            slot.NextSequence = engine.Database.Read(read => read.NextSequence(slot.Row.Key, slot.Row.Execution));
        }

        _commit = new TurnCommit(slot, at, engine);
        _steps = new NewSteps(_commit.Rows, slot.NextSequence, at);
    }

    /// <returns>Null when nothing has changed: the messages were duplicates or came too late.</returns>
    public TurnCommit? Run(List<Message> messages, out List<Message> left)
    {
        int taken = 0;
        try
        {
            while (taken < messages.Count && !Finished && Takes(messages[taken]))
            {
                Message message = messages[taken++];
                _commit.Consumed.Add(message);
                Take(message);
            }
        }
        catch (FlowException diverged) when (diverged.Failure.Kind == FailureKind.NonDeterministic)
        {
            // What the code could not be given waits for the code that can take it.
            _commit.Consumed.RemoveAt(--taken);
            Fail(diverged.Failure);
        }

        left = messages[taken..];
        Leave(left);
        _slot.NextSequence = _steps.NextSequence;
        if (_execution is not null)
        {
            _execution.NextStep = _steps.NextStep;
            _commit.CustomStatus = _execution.NewStatus;
            _execution.NewStatus = null;
        }

        bool nothing = _commit.Rows.Count == 0 && _commit.Consumed.TrueForAll(m => !m.Stored && m.Taken is null);
        return nothing ? null : _commit;
    }

    private bool Finished => _commit.Ends || _commit.Continues;

    // One whose code this host lacks is given nothing else to begin with.
    private bool Takes(Message message) => message.IsControl || _commit.After.Status != InstanceStatus.Suspended;

    private void Take(Message message)
    {
        switch (message.Kind)
        {
            case MessageKind.Terminate:
                End(InstanceStatus.Terminated, HistoryKind.ExecutionTerminated, null, new Failure(FailureKind.Cancelled, message.Payload!));
                return;
            case MessageKind.Suspend when _commit.After.Status != InstanceStatus.Suspended:
                Note(HistoryKind.Suspended, message.Payload);
                _commit.After = _commit.After with { Status = InstanceStatus.Suspended };
                return;
            case MessageKind.Resume when _commit.After.Status == InstanceStatus.Suspended:
                Note(HistoryKind.Resumed, message.Payload);
                _commit.After = _commit.After with { Status = _commit.After.Begun ? InstanceStatus.Running : InstanceStatus.Pending };
                return;
            case MessageKind.Suspend or MessageKind.Resume:
                return;
        }

        OrchestrationExecution execution = _execution ??= Load();
        if (Received(execution, message) is { } row)
        {
            execution.Apply(_steps.Add(row));
        }

        if (message.Kind == MessageKind.Start)
        {
            _commit.After = _commit.After with { Begun = true, Status = InstanceStatus.Running };
        }

        Settle(execution);
    }

    /// <summary>The history entry for a message; null: it is a duplicate, or nobody waits for it any more.</summary>
    private HistoryRow? Received(OrchestrationExecution execution, Message message)
    {
        var row = new HistoryRow { Sequence = _steps.NextSequence, At = _commit.At, Kind = HistoryKind.ExecutionStarted };
        switch (message.Kind)
        {
            case MessageKind.Start:
                return _commit.After.Begun ? null : row with { Name = _slot.Row.Name, Payload = _slot.Row.Input };
            case MessageKind.Event:
                return row with { Kind = HistoryKind.EventReceived, Name = message.Name, Payload = message.Payload };
            case MessageKind.Look:
                return null;
        }

        HistoryKind kind = (message.Kind, message.Failure) switch
        {
            (MessageKind.TimerDue, _) => HistoryKind.TimerFired,
            (MessageKind.ChildEnded, null) => HistoryKind.ChildCompleted,
            (MessageKind.ChildEnded, _) => HistoryKind.ChildFailed,
            (_, null) => HistoryKind.ActivityCompleted,
            _ => HistoryKind.ActivityFailed,
        };
        int current = message.Kind == MessageKind.ChildEnded ? _slot.Row.Generation : _slot.Row.Execution;
        return message.Execution == current && execution.Accepts(kind, message.Step)
            ? row with { Kind = kind, StepId = message.Step, Payload = message.Payload, Failure = message.Failure }
            : null;
    }

    private OrchestrationExecution Load()
    {
        if (_slot.Live is not { } execution)
        {
            OrchestrationEntry entry = _engine.Catalog.Orchestrations[(_slot.Row.Name, _slot.Row.Version)];
            execution = new OrchestrationExecution(_slot.Row, entry, _engine.Options, _engine.Loggers);
            if (_slot.Row.Begun)
            {
                execution.Replay(_engine.Database.Read(read => read.History(_slot.Row.Key, _slot.Row.Execution)));
            }

            execution.OnIntrusion = () => _engine.Turns.Deliver(_slot, new Message { Kind = MessageKind.Look });
            _slot.Live = execution;
        }

        _steps.NextStep = execution.NextStep;
        execution.Ledger = _steps;
        return execution;
    }

    private void Settle(OrchestrationExecution execution)
    {
        if (execution.End() is not { } ending)
        {
            return;
        }

        if (ending.Failure is { } failure)
        {
            Fail(failure);
        }
        else if (execution.NextInput is { } input)
        {
            Note(HistoryKind.ContinuedAsNew, input);
            _commit.After = _slot.Row with
            {
                Execution = _slot.Row.Execution + 1,
                Generation = _slot.Row.Generation + 1,
                Input = input,
                Begun = false,
                Status = InstanceStatus.Running,
            };
            _commit.Carried.AddRange(execution.Events.Untaken.Select(e => Carry(e.Name, e.Payload)));
        }
        else if (Payload.TooLong(ending.Output!, _engine.Options.MaxPayloadBytes, $"output of {_slot.Row.Name}") is { } tooLong)
        {
            Fail(tooLong);
        }
        else
        {
            End(InstanceStatus.Completed, HistoryKind.ExecutionCompleted, ending.Output, null);
        }
    }

    private void Fail(Failure failure) => End(InstanceStatus.Failed, HistoryKind.ExecutionFailed, null, failure);

    private void End(InstanceStatus status, HistoryKind kind, string? output, Failure? failure)
    {
        _steps.Add(new HistoryRow { Sequence = _steps.NextSequence, At = _commit.At, Kind = kind, Payload = output, Failure = failure });
        _commit.After = _commit.After with { Status = status };
        _commit.Output = output;
        _commit.Failure = failure;
    }

    /// <summary>What becomes of the messages that came with the turn but after its end.</summary>
    private void Leave(List<Message> left)
    {
        if (_commit.Continues)
        {
            // Carried events come before newer ones, also after a restart: those not reached yet go to the end of the carried.
            foreach (Message message in left.Where(m => m.Carried).ToArray())
            {
                left.Remove(message);
                _commit.Consumed.Add(message);
                _commit.Carried.Add(Carry(message.Name!, message.Payload!));
            }
        }
        else if (_commit.After.Status == InstanceStatus.Failed)
        {
            // A rewound instance goes on with them.
            foreach (Message message in left.Where(m => m.Kind == MessageKind.Event).ToArray())
            {
                left.Remove(message);
                _commit.Consumed.Add(message);
                _steps.Add(new HistoryRow
                {
                    Sequence = _steps.NextSequence, At = _commit.At, Kind = HistoryKind.EventReceived, Name = message.Name, Payload = message.Payload,
                });
            }
        }
    }

    private void Note(HistoryKind kind, string? payload) =>
        _steps.Add(new HistoryRow { Sequence = _steps.NextSequence, At = _commit.At, Kind = kind, Payload = payload });

    private static Message Carry(string name, string payload) =>
        new() { Kind = MessageKind.Event, Name = name, Payload = payload, Carried = true, Stored = true };
}
