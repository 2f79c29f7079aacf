using System.Diagnostics;
using System.Diagnostics.Metrics;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Workflow.Observability;

/// <summary>A step that is under way; made by <see cref="FlowTelemetry.Begin"/>.</summary>
public sealed class StepScope : IDisposable
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly string _stage;
    private readonly Activity? _span;
    private readonly IDisposable? _logScope;
    private readonly Histogram<double> _duration;
    private string _outcome = "succeeded";

    internal StepScope(string stage, Activity? span, IDisposable? logScope, Histogram<double> duration) =>
        (_stage, _span, _logScope, _duration) = (stage, span, logScope, duration);

    /// <summary>Marks the step as failed. The kind alone is kept: a failure's message may name a user's file.</summary>
    public void Failed(FailureKind kind)
    {
        _outcome = kind.ToString();
        _span?.SetStatus(ActivityStatusCode.Error, _outcome);
        _span?.SetTag("error.type", _outcome);
    }

    public void Dispose()
    {
        _duration.Record(Stopwatch.GetElapsedTime(_startedAt).TotalSeconds, new("stage", _stage), new("outcome", _outcome));
        _span?.Dispose();
        _logScope?.Dispose();
    }
}
