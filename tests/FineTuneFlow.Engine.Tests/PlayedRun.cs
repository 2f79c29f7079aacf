using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Engine.Tests;

/// <summary>An orchestration that a test gives its events by hand, a second after another: no engine, no database, no threads.</summary>
internal sealed class PlayedRun
{
    public static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Func<IOrchestrationContext, Task<string>> _run;
    private readonly ILoggerFactory _loggers;
    private readonly List<HistoryRow> _rows = [];

    /// <param name="run">The orchestration's code.</param>
    /// <param name="loggers">Null: what it logs is not asked for.</param>
    public PlayedRun(Func<IOrchestrationContext, Task<string>> run, ILoggerFactory? loggers = null)
    {
        (_run, _loggers) = (run, loggers ?? NullLoggerFactory.Instance);
        Execution = Make();
    }

    public OrchestrationExecution Execution { get; }

    /// <summary>What is recorded.</summary>
    public IReadOnlyList<HistoryRow> Rows => _rows;

    /// <summary>Each row by its kind and its step's number.</summary>
    public IEnumerable<string> Course => Named(_rows);

    public static IEnumerable<string> Named(IEnumerable<HistoryRow> rows) => rows.Select(row => $"{row.Kind} {row.StepId}".TrimEnd());

    /// <summary>The same code, not begun.</summary>
    public OrchestrationExecution Make() => new(
        new InstanceRow
        {
            Key = 1, Id = "r", Name = "Run", Version = "1", Status = InstanceStatus.Running, Begun = true, Execution = 1, Generation = 1, Input = "0",
        },
        new OrchestrationEntry("Run", "1", typeof(int), typeof(string), (context, _) => _run(context)),
        new EngineOptions { DatabasePath = "x" },
        _loggers);

    public PlayedRun Start() => Give(HistoryKind.ExecutionStarted);

    public PlayedRun Raise(string name, string word) => Give(HistoryKind.EventReceived, name: name, payload: JsonSerializer.Serialize(word, FlowJson.Compact));

    public PlayedRun Complete(int step, int output) => Give(HistoryKind.ActivityCompleted, step, payload: $"{output}");

    public PlayedRun Fail(int step) => Give(HistoryKind.ActivityFailed, step, failure: new Failure(FailureKind.JobFailed, $"step {step} broke"));

    public PlayedRun FailChild(int step) => Give(HistoryKind.ChildFailed, step, failure: new Failure(FailureKind.JobFailed, $"step {step} broke"));

    public PlayedRun Fire(int step) => Give(HistoryKind.TimerFired, step);

    /// <summary>Records how the code has ended, which has to have failed.</summary>
    public PlayedRun End()
    {
        _rows.Add(Row(HistoryKind.ExecutionFailed) with { Failure = Execution.End().ShouldNotBeNull().Failure.ShouldNotBeNull() });
        return this;
    }

    /// <summary>The moment of the given row.</summary>
    public static long At(int sequence) => Began.AddSeconds(sequence).UtcTicks;

    private PlayedRun Give(HistoryKind kind, int? step = null, string? name = null, string? payload = null, Failure? failure = null)
    {
        HistoryRow row = Row(kind) with { StepId = step, Name = name, Payload = payload ?? (kind == HistoryKind.ExecutionStarted ? "0" : null), Failure = failure };
        var steps = new NewSteps(_rows, firstSequence: 1, row.At) { NextStep = Execution.NextStep };
        Execution.Ledger = steps;
        Execution.Apply(steps.Add(row));
        Execution.NextStep = steps.NextStep;
        return this;
    }

    private HistoryRow Row(HistoryKind kind) => new() { Sequence = _rows.Count + 1, At = At(_rows.Count + 1), Kind = kind };
}
