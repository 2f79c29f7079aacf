using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Replay;

/// <summary>A live orchestration: its code, stopped at what it awaits. It is given one event at a time and runs on until it
/// awaits again; what it asks for goes to the ledger.</summary>
internal sealed class OrchestrationExecution
{
    private readonly OrchestrationEntry _entry;
    private readonly OrchestrationContext _context;
    private readonly TurnThread _thread = new();
    private readonly Dictionary<int, OpenStep> _open = [];
    private Task<string>? _main;

    public OrchestrationExecution(InstanceRow instance, OrchestrationEntry entry, EngineOptions options, ILoggerFactory loggers)
    {
        Instance = instance;
        _entry = entry;
        _context = new OrchestrationContext(this, options, loggers);
    }

    public InstanceRow Instance { get; }

    /// <summary>Set before events are given.</summary>
    public IStepLedger? Ledger { get; set; }

    public bool IsReplaying { get; set; }

    public DateTimeOffset UtcNow { get; private set; }

    public EventBuffer Events { get; } = new();

    public int NextStep { get; set; } = 1;

    /// <summary>JSON of the input with which the execution is to begin anew.</summary>
    public string? NextInput { get; set; }

    /// <summary>JSON of a status set since it was last stored; null: none.</summary>
    public string? NewStatus { get; set; }

    /// <summary>Which steps' failures the code has got to see, by the exception; a rewind asks.</summary>
    public Dictionary<Exception, int> Failures { get; } = new(ReferenceEqualityComparer.Instance);

    public IEnumerable<HistoryRow> Open => _open.Values.Select(s => s.Row);

    public Action? OnIntrusion
    {
        set => _thread.OnIntrusion = value;
    }

    public Exception? Error => _main?.Exception?.InnerException;

    /// <summary>The step is open and of the kind that this completes: what comes twice, or late, is not taken.</summary>
    public bool Accepts(HistoryKind completion, int step) => _open.TryGetValue(step, out OpenStep? open) && open.Row.Kind == completion switch
    {
        HistoryKind.TimerFired => HistoryKind.TimerCreated,
        HistoryKind.ChildCompleted or HistoryKind.ChildFailed => HistoryKind.ChildScheduled,
        _ => HistoryKind.ActivityScheduled,
    };

    /// <summary>Gives one received event to the code and runs it as far as it goes.</summary>
    public void Apply(HistoryRow row)
    {
        UtcNow = new DateTimeOffset(row.At, TimeSpan.Zero);
        _thread.Run(() => Give(row));
    }

    /// <summary>Gives a replayed history to the code.</summary>
    /// <exception cref="FlowException">NonDeterministic.</exception>
    public void Replay(IReadOnlyList<HistoryRow> rows)
    {
        var recorded = new RecordedSteps(rows, Instance.Name, Instance.Version);
        Ledger = recorded;
        IsReplaying = true;
        while (recorded.NextReceived() is { } row)
        {
            Apply(row);
        }

        IsReplaying = false;
        NextStep = rows.Max(r => r.StepId) + 1 ?? 1;
    }

    /// <summary>How it stands after a turn; null: it waits for something that the engine will give.</summary>
    public Ending? End()
    {
        if (_thread.Intruded || (_main is { IsCompleted: false } && _open.Count == 0 && Events.Waiting == 0))
        {
            return new Ending(null, new Failure(
                FailureKind.NonDeterministic,
                $"The code of {Instance.Name}, version {Instance.Version}, awaits something that did not come from its context",
                "In orchestrations await the context's tasks only: no Task.Delay, Task.Run, I/O or ConfigureAwait(false); work belongs in activities"));
        }

        return _main switch
        {
            null or { IsCompleted: false } => null,
            { IsCompletedSuccessfully: true } => new Ending(_main.Result, null),
            { IsCanceled: true } => new Ending(null, new Failure(FailureKind.Cancelled, $"{Instance.Name} cancelled itself")),
            _ => new Ending(null, FailureOf.Exception(Error!, Instance.Name)),
        };
    }

    /// <summary>Records an action and gives the task that its completion will complete.</summary>
    public Task<string> Schedule(StepRequest request, CancellationToken cancellation = default)
    {
        HistoryRow row = Record(request);
        // Continuations run inside SetResult, on the turn's thread: moved elsewhere, Task.WhenAny would go on in the thread pool.
        var source = new TaskCompletionSource<string>();
        var open = new OpenStep(row, source);
        _open.Add(row.StepId!.Value, open);
        open.Registration = cancellation.Register(() =>
        {
            _open.Remove(row.StepId.Value);
            Record(new StepRequest(HistoryKind.TimerCancelled, Cancels: row.StepId));
            source.SetCanceled(cancellation);
        });
        return source.Task;
    }

    public HistoryRow Record(StepRequest request)
    {
        AssertInTurn();
        return Ledger!.Record(request);
    }

    /// <exception cref="FlowException">NonDeterministic: called from outside the turn's thread.</exception>
    public void AssertInTurn()
    {
        if (!_thread.IsCurrent)
        {
            throw new FlowException(
                FailureKind.NonDeterministic,
                $"{Instance.Name} used its context outside of its turn",
                "Use the context only in the orchestration's own code, not in Task.Run or after ConfigureAwait(false)");
        }
    }

    private void Give(HistoryRow row)
    {
        switch (row.Kind)
        {
            case HistoryKind.ExecutionStarted:
                _main = _entry.Run(_context, row.Payload!);
                break;
            case HistoryKind.EventReceived:
                Events.Arrive(row.Name!, row.Payload!);
                break;
            default:
                if (_open.Remove(row.StepId!.Value, out OpenStep? step))
                {
                    Complete(step, row);
                }

                break;
        }
    }

    private void Complete(OpenStep step, HistoryRow row)
    {
        step.Registration.Dispose(); // What has ended is not cancelled any more.
        if (row.Failure is null)
        {
            step.Source.SetResult(row.Payload!); // A timer has no output, and nobody asks for it.
            return;
        }

        var exception = new StepFailedException(step.Row.Name!, row.Failure);
        Failures[exception] = step.Row.StepId!.Value;
        step.Source.SetException(exception);
    }

    private sealed class OpenStep(HistoryRow row, TaskCompletionSource<string> source)
    {
        public HistoryRow Row => row;

        public TaskCompletionSource<string> Source => source;

        public CancellationTokenRegistration Registration { get; set; }
    }
}

/// <summary>How an orchestration's code has ended: with an output (JSON) or a failure.</summary>
internal sealed record Ending(string? Output, Failure? Failure);
