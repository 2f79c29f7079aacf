using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Replay;

/// <summary>The engine as an orchestration's code sees it.</summary>
internal sealed class OrchestrationContext(OrchestrationExecution execution, EngineOptions options, ILoggerFactory loggers)
    : IOrchestrationContext
{
    private int _guids;
    private int _children;

    public string InstanceId => execution.Instance.Id;

    public string Version => execution.Instance.Version;

    public DateTimeOffset UtcNow => execution.UtcNow;

    public bool IsReplaying => execution.IsReplaying;

    public Guid NewGuid()
    {
        execution.AssertInTurn();
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{InstanceId}\n{execution.Instance.Generation}\n{_guids++}"));
        // Marked as a version 8 (custom) UUID, RFC 9562 section 5.8.
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    public ILogger Logger(string category) => new ReplaySafeLogger(loggers.CreateLogger(category), () => execution.IsReplaying);

    public async Task<TOut> CallAsync<TIn, TOut>(ActivityName<TIn, TOut> activity, TIn input, RetryPolicy? retry = null)
    {
        string json = Payload.Write(input, options.MaxPayloadBytes, $"input of {activity.Name}");
        var request = new StepRequest(HistoryKind.ActivityScheduled, activity.Name, Payload: json);
        return Payload.Read<TOut>(await CallAsync(request, retry ?? activity.Retry));
    }

    public async Task<TOut> CallAsync<TIn, TOut>(
        OrchestrationName<TIn, TOut> orchestration, TIn input, string? instanceId = null, RetryPolicy? retry = null)
    {
        string json = Payload.Write(input, options.MaxPayloadBytes, $"input of {orchestration.Name}");
        string id = instanceId ?? ChildId();
        var call = new ChildCall(orchestration.Version, json);
        var request = new StepRequest(
            HistoryKind.ChildScheduled, orchestration.Name, id, JsonSerializer.Serialize(call, FlowJson.Compact));
        return Payload.Read<TOut>(await CallAsync(request, retry));
    }

    public Task DelayUntil(DateTimeOffset due, CancellationToken cancellation = default) => cancellation.IsCancellationRequested
        ? Task.FromCanceled(cancellation)
        : execution.Schedule(new StepRequest(HistoryKind.TimerCreated, Due: due.UtcTicks), cancellation);

    public async Task<T> WaitForEvent<T>(EventName<T> name, CancellationToken cancellation = default)
    {
        execution.AssertInTurn();
        cancellation.ThrowIfCancellationRequested();
        return Payload.Read<T>(await execution.Events.Take(name.Name, cancellation));
    }

    public void SendEvent<T>(string instanceId, EventName<T> name, T payload) => execution.Record(new StepRequest(
        HistoryKind.EventSent, name.Name, instanceId, Payload.Write(payload, options.MaxPayloadBytes, $"event {name.Name}")));

    public void SetStatus<T>(T status)
    {
        execution.AssertInTurn();
        // Also at a replay: after a rewind what is stored is still the status with which the instance failed.
        execution.NewStatus = Payload.Write(status, options.MaxStatusBytes, "status");
    }

    public void ContinueAsNew<TIn>(TIn input)
    {
        execution.AssertInTurn();
        execution.NextInput = Payload.Write(input, options.MaxPayloadBytes, "input to continue with");
    }

    private async Task<string> CallAsync(StepRequest request, RetryPolicy? retry)
    {
        DateTimeOffset first = UtcNow;
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan delay;
            try
            {
                return await execution.Schedule(request);
            }
            catch (StepFailedException failed)
                when (retry?.NextDelay(attempt, failed.Failure, UtcNow - first) is { } next)
            {
                execution.Failures.Remove(failed);
                delay = next;
            }

            await DelayUntil(UtcNow + delay);
            if (request.Kind == HistoryKind.ChildScheduled)
            {
                // The failed child begins again under its id, so that events still find it.
                ChildCall call = JsonSerializer.Deserialize<ChildCall>(request.Payload!, FlowJson.Compact)!;
                request = request with { Payload = JsonSerializer.Serialize(call with { Again = true }, FlowJson.Compact) };
            }
        }
    }

    private string ChildId()
    {
        int generation = execution.Instance.Generation;
        int number = ++_children;
        return generation == 1 ? $"{InstanceId}:{number}" : $"{InstanceId}:{generation}.{number}";
    }
}

/// <summary>What history holds of a call of a sub-orchestration.</summary>
/// <param name="Version">Of the child's code.</param>
/// <param name="Input">JSON.</param>
/// <param name="Again">A retry: the ended child of this id begins anew.</param>
internal sealed record ChildCall(string Version, string Input, bool Again = false);
