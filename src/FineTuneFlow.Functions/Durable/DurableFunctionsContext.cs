using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Observability;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using RetryPolicy = FineTuneFlow.Durable.RetryPolicy;

namespace FineTuneFlow.Functions.Durable;

/// <summary>Durable Functions as an orchestration's code sees it. Retries are a loop with durable timers here rather than
/// Durable Functions' own policy, which knows neither failure kinds nor what a provider's Retry-After asks.</summary>
internal sealed class DurableFunctionsContext(TaskOrchestrationContext inner, string version, FlowTelemetry telemetry) : IOrchestrationContext
{
    /// <summary>Azure Storage counts a timer in whole seconds, rounded down; what the other side asked for is not to be undercut.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    // Names of events are compared as Durable Functions does.
    private readonly Dictionary<string, IEventDesk> _desks = new(StringComparer.OrdinalIgnoreCase);

    public string InstanceId => inner.InstanceId;

    public string Version => version;

    public DateTimeOffset UtcNow => new(DateTime.SpecifyKind(inner.CurrentUtcDateTime, DateTimeKind.Utc));

    public bool IsReplaying => inner.IsReplaying;

    public Guid NewGuid() => inner.NewGuid();

    public ILogger Logger(string category) => inner.CreateReplaySafeLogger(category);

    public Task<TOut> CallAsync<TIn, TOut>(ActivityName<TIn, TOut> activity, TIn input, RetryPolicy? retry = null) =>
        RetryAsync(activity.Name, retry ?? activity.Retry, () => inner.CallActivityAsync<TOut>(activity.Name, input));

    public Task<TOut> CallAsync<TIn, TOut>(
        OrchestrationName<TIn, TOut> orchestration, TIn input, string? instanceId = null, RetryPolicy? retry = null)
    {
        // One id for all attempts, so that events still find a child that began again.
        string id = instanceId ?? string.Create(CultureInfo.InvariantCulture, $"{InstanceId}:{inner.NewGuid():N}");
        var options = new SubOrchestrationOptions(new TaskOptions(tags: InstanceTags.Of(orchestration.Version, InstanceId)), id)
        {
            Version = new TaskVersion(orchestration.Version),
        };
        return RetryAsync(orchestration.Name, retry, () => inner.CallSubOrchestratorAsync<TOut>(orchestration.Name, input, options));
    }

    public Task DelayUntil(DateTimeOffset due, CancellationToken cancellation = default) => cancellation.IsCancellationRequested
        ? Task.FromCanceled(cancellation)
        : inner.CreateTimer(due.UtcDateTime, cancellation);

    public Task<T> WaitForEvent<T>(EventName<T> name, CancellationToken cancellation = default)
    {
        if (!_desks.TryGetValue(name.Name, out IEventDesk? desk))
        {
            _desks[name.Name] = desk = new EventDesk<T>(
                () => inner.WaitForExternalEvent<T>(name.Name),
                payload => inner.SendEvent(InstanceId, name.Name, payload!));
        }

        return ((EventDesk<T>)desk).Take(cancellation);
    }

    public void SendEvent<T>(string instanceId, EventName<T> name, T payload) => inner.SendEvent(instanceId, name.Name, payload!);

    public void SetStatus<T>(T status) => inner.SetCustomStatus(status);

    public void ContinueAsNew<TIn>(TIn input)
    {
        // Ours first: they came before those that Durable Functions still holds and forwards in its turn.
        foreach (IEventDesk desk in _desks.Values)
        {
            desk.Continue();
        }

        inner.ContinueAsNew(input, preserveUnprocessedEvents: true);
    }

    private async Task<TOut> RetryAsync<TOut>(string step, RetryPolicy? retry, Func<Task<TOut>> call)
    {
        DateTimeOffset first = UtcNow;
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan delay;
            try
            {
                return await call();
            }
            catch (TaskFailedException failed)
            {
                Failure failure = FailureOf.Details(failed.FailureDetails, step);
                delay = retry?.NextDelay(attempt, failure, UtcNow - first) ?? throw new StepFailedException(step, failure);
                delay += failure.RetryAfter is null ? TimeSpan.Zero : Rounding;
                if (!inner.IsReplaying)
                {
                    telemetry.Retried(step, failure.Kind);
                }
            }

            await inner.CreateTimer((UtcNow + delay).UtcDateTime, CancellationToken.None);
        }
    }
}
