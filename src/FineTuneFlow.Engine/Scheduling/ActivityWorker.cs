using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>One delivery of an activity.</summary>
internal sealed class ActivityWorker(ActivityTask task, long startedAt, long leaseUntil) : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    public ActivityTask Task => task;

    /// <summary>UTC ticks.</summary>
    public long StartedAt => startedAt;

    public long LeaseUntil { get; private set; } = leaseUntil;

    public Task Work { get; set; } = System.Threading.Tasks.Task.CompletedTask;

    public bool HasAnswered { get; set; }

    /// <summary>Of one that has not been released: it has ended and will give no answer.</summary>
    public bool IsDead => Work.IsCompleted;

    public ActivityWorker Renew(long leaseUntil)
    {
        LeaseUntil = leaseUntil;
        return this;
    }

    /// <summary>Not for a worker that has been released.</summary>
    public void Cancel() => _ = _cancellation.CancelAsync(); // Callbacks of the activity's own may not run under the dispatcher's lock.

    public void Dispose() => _cancellation.Dispose();

    public async Task<(string? Output, Failure? Failure)> RunAsync(ActivityEntry entry, IServiceProvider services, EngineOptions options)
    {
        Action<Failure?>? ended = options.ObserveActivity?.Invoke(task.Name, task.InstanceId);
        (string? output, Failure? failure) = await CallAsync(entry, services, options.MaxPayloadBytes);
        ended?.Invoke(failure);
        return (output, failure);
    }

    private async Task<(string? Output, Failure? Failure)> CallAsync(ActivityEntry entry, IServiceProvider services, int maxPayload)
    {
        try
        {
            await using AsyncServiceScope scope = services.CreateAsyncScope();
            string output = await entry.Run(scope.ServiceProvider, task.Input, _cancellation.Token);
            return Payload.TooLong(output, maxPayload, $"output of {task.Name}") is { } tooLong ? (null, tooLong) : (output, null);
        }
        catch (Exception exception)
        {
            return (null, FailureOf.Exception(exception, task.Name));
        }
    }
}
