using System.Diagnostics;
using System.Diagnostics.Metrics;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Watching;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Observability;

/// <summary>Spans, meters and log scopes of the workflow, one instance a process. Tags are names, kinds and ids: never texts,
/// prompts or keys. Only activities and engines record here, never an orchestration, whose code runs again at every turn; as an activity
/// runs at least once, a figure may count a repeated one twice. The audit is <c>run.json</c>, not these meters.</summary>
public sealed class FlowTelemetry : IDisposable
{
    /// <summary>Name of the activity source and of the meter, to be listed with the exporter.</summary>
    public const string SourceName = "FineTuneFlow";

    private readonly ActivitySource _source = new(SourceName);
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _stageDuration;
    private readonly Counter<long> _rowsScored;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _throttles;
    private readonly Counter<long> _predictions;
    private readonly Histogram<double> _predictionDuration;

    public FlowTelemetry()
    {
        _runs = Meter.CreateCounter<long>("finetuneflow.runs", "{run}", "Runs that have ended, by outcome");
        _stageDuration = Meter.CreateHistogram<double>("finetuneflow.stage.duration", "s", "Duration of a step, by stage and outcome");
        _rowsScored = Meter.CreateCounter<long>("finetuneflow.rows.scored", "{row}", "Holdout rows that have an answer, by provider");
        _tokens = Meter.CreateCounter<long>("finetuneflow.tokens", "{token}", "Tokens by provider and use (training, input, output)");
        _cost = Meter.CreateCounter<double>("finetuneflow.cost", "{USD}", "US dollars by provider and use (training, evaluation, hosting)");
        _retries = Meter.CreateCounter<long>("finetuneflow.retries", "{retry}", "Further attempts of a step, by stage and failure kind");
        _predictions = Meter.CreateCounter<long>("finetuneflow.predictions", "{answer}", "Texts that were put to champions, by project, version and outcome");
        _predictionDuration = Meter.CreateHistogram<double>("finetuneflow.prediction.duration", "s", "Duration of an answer, by project and version");
        _throttles = Meter.CreateCounter<long>("finetuneflow.throttles", "{answer}", "Answers that asked to wait, by provider and failure kind");
    }

    /// <summary>Answers that a version gave.</summary>
    public void Predicted(string project, int version, IReadOnlyList<ServedAnswer> answers)
    {
        KeyValuePair<string, object?>[] tags = [new("project", project), new("version", version)];
        foreach (IGrouping<bool, ServedAnswer> group in answers.GroupBy(answer => answer.Answer.Label is null))
        {
            _predictions.Add(group.Count(), [.. tags, new("outcome", group.Key ? "error" : "answered")]);
        }

        foreach (double ms in answers.Select(answer => answer.Answer.LatencyMs).OfType<double>())
        {
            _predictionDuration.Record(ms / 1000, tags);
        }
    }

    public Meter Meter { get; } = new(SourceName);

    /// <summary>Opens a step of a run: a span in the run's trace, a log scope with run and candidate, and on disposal its
    /// duration. Dispose of it; call <see cref="StepScope.Failed"/> before where it failed.</summary>
    /// <param name="stage">Name of the activity.</param>
    /// <param name="candidate">The candidate, where the step concerns one.</param>
    /// <param name="logger">Given the scope; null: none.</param>
    public StepScope Begin(string stage, string runId, string? candidate = null, ILogger? logger = null)
    {
        // The host's own span (the durable engine's or the HTTP request's) stays reachable as a link.
        ActivityLink[] links = Activity.Current is { } current ? [new ActivityLink(current.Context)] : [];
        Activity? span = _source.StartActivity(stage, ActivityKind.Internal, RunTrace.Of(runId), Tags(runId, candidate), links);
        return new StepScope(stage, span, logger?.BeginScope(new RunLogScope(runId, candidate)), _stageDuration);
    }

    /// <summary><see cref="Begin"/> for an engine that knows nothing of runs.</summary>
    /// <param name="step">Name of the activity.</param>
    /// <param name="instanceId">Of the instance that asked for it; run and candidate follow from it.</param>
    /// <param name="logger">Given the scope; null: none.</param>
    /// <returns>To be called once at the step's end, with its failure or null.</returns>
    public Action<Failure?> Follow(string step, string instanceId, ILogger? logger = null)
    {
        (string runId, string? candidate) = RunTrace.Subject(instanceId);
        StepScope scope = Begin(step, runId, candidate, logger);
        return failure =>
        {
            if (failure is not null)
            {
                scope.Failed(failure.Kind);
            }

            scope.Dispose();
        };
    }

    /// <summary>Runs a step inside <see cref="Begin"/>, with its failure recorded and passed on.</summary>
    public async Task<T> ObserveAsync<T>(string stage, string runId, string? candidate, ILogger? logger, Func<Task<T>> step)
    {
        using StepScope scope = Begin(stage, runId, candidate, logger);
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (FlowException exception)
        {
            scope.Failed(exception.Failure.Kind);
            throw;
        }
        catch (OperationCanceledException)
        {
            scope.Failed(FailureKind.Cancelled);
            throw;
        }
        catch
        {
            scope.Failed(FailureKind.Internal);
            throw;
        }
    }

    /// <param name="outcome">succeeded, failed, cancelled or denied.</param>
    public void RunEnded(string outcome) => _runs.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="provider">The provider's name in the settings.</param>
    /// <param name="rows">Answered rows, from 0.</param>
    public void RowsScored(string provider, long rows) => _rowsScored.Add(rows, new KeyValuePair<string, object?>("provider", provider));

    /// <param name="provider">The provider's name in the settings.</param>
    /// <param name="use">training, input or output.</param>
    /// <param name="count">Tokens, from 0.</param>
    public void Tokens(string provider, string use, long count) =>
        _tokens.Add(count, new("provider", provider), new("use", use));

    /// <param name="provider">The provider's name in the settings.</param>
    /// <param name="use">training, evaluation or hosting.</param>
    /// <param name="usd">US dollars really owed, from 0; a simulated candidate's list price is none.</param>
    public void Spent(string provider, string use, double usd) => _cost.Add(usd, new("provider", provider), new("use", use));

    public void Retried(string stage, FailureKind kind) => _retries.Add(1, new("stage", stage), new("kind", kind.ToString()));

    public void Throttled(string provider, FailureKind kind) => _throttles.Add(1, new("provider", provider), new("kind", kind.ToString()));

    public void Dispose()
    {
        _source.Dispose();
        Meter.Dispose();
    }

    private static IEnumerable<KeyValuePair<string, object?>> Tags(string runId, string? candidate)
    {
        yield return new("finetuneflow.run.id", runId);
        if (candidate is not null)
        {
            yield return new("finetuneflow.candidate", candidate);
        }
    }
}
