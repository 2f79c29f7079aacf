using FineTuneFlow.Durable;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Simulation;

/// <summary>A planted fault: events that came and were not taken are lost when the listener continues as new.</summary>
internal sealed class ForgetfulContext(IOrchestrationContext context) : IOrchestrationContext
{
    public string InstanceId => context.InstanceId;

    public string Version => context.Version;

    public DateTimeOffset UtcNow => context.UtcNow;

    public bool IsReplaying => context.IsReplaying;

    public Guid NewGuid() => context.NewGuid();

    public ILogger Logger(string category) => context.Logger(category);

    public Task<TOut> CallAsync<TIn, TOut>(ActivityName<TIn, TOut> activity, TIn input, RetryPolicy? retry = null) => context.CallAsync(activity, input, retry);

    public Task<TOut> CallAsync<TIn, TOut>(OrchestrationName<TIn, TOut> orchestration, TIn input, string? instanceId = null, RetryPolicy? retry = null) =>
        context.CallAsync(orchestration, input, instanceId, retry);

    public Task DelayUntil(DateTimeOffset due, CancellationToken cancellation = default) => context.DelayUntil(due, cancellation);

    public Task<T> WaitForEvent<T>(EventName<T> name, CancellationToken cancellation = default) => context.WaitForEvent(name, cancellation);

    public void SendEvent<T>(string instanceId, EventName<T> name, T payload) => context.SendEvent(instanceId, name, payload);

    public void SetStatus<T>(T status) => context.SetStatus(status);

    public void ContinueAsNew<TIn>(TIn input)
    {
        using var enough = new CancellationTokenSource();
        while (context.WaitForEvent(Listener.Told, enough.Token).IsCompleted)
        {
            // Taken, and given to nobody.
        }

        enough.Cancel();
        context.ContinueAsNew(input);
    }
}
