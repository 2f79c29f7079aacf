using System.Diagnostics;
using System.Diagnostics.Metrics;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Workflow.Observability;

/// <summary>A step that is under way; made by <see cref="FlowTelemetry.Begin"/>.</summary>
public sealed class StepScope : IDisposable
{
    private readonly long startedAt = Stopwatch.GetTimestamp();
    private readonly string stage;
    private readonly Activity? span;
    private readonly IDisposable? logScope;
    private readonly Histogram<double> duration;
    private string outcome = "succeeded";

    internal StepScope(string stage, Activity? span, IDisposable? logScope, Histogram<double> duration) =>
        (this.stage, this.span, this.logScope, this.duration) = (stage, span, logScope, duration);

    /// <summary>Marks the step as failed. The kind alone is kept: a failure's message may name a user's file.</summary>
    public void Failed(FailureKind kind)
    {
        outcome = kind.ToString();
        span?.SetStatus(ActivityStatusCode.Error, outcome);
        span?.SetTag("error.type", outcome);
    }

    public void Dispose()
    {
        duration.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, new("stage", stage), new("outcome", outcome));
        span?.Dispose();
        logScope?.Dispose();
    }
}
