using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine;

public sealed partial class DurableEngine
{
    public async Task<bool> StartAsync<TIn, TOut>(
        OrchestrationName<TIn, TOut> orchestration, string instanceId, TIn input, CancellationToken cancellation = default)
    {
        EngineRuntime runtime = Runtime;
        if (string.IsNullOrWhiteSpace(instanceId) || instanceId.Length > 256)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, "An instance's id has 1 to 256 characters", Field: "instanceId"));
        }

        if (runtime.UnknownOrchestration(orchestration.Name, orchestration.Version) is { } unknown)
        {
            throw new FlowException(unknown);
        }

        var row = new InstanceRow
        {
            Key = 0,
            Id = instanceId,
            Name = orchestration.Name,
            Version = orchestration.Version,
            Status = InstanceStatus.Pending,
            Begun = false,
            Execution = 1,
            Generation = 1,
            Input = Payload.Write(input, _options.MaxPayloadBytes, $"input of {orchestration.Name}"),
        };
        long at = _time.GetUtcNow().UtcTicks;
        runtime.Commits.ThrowIfFull();
        long? key = await runtime.Commits.RunAsync(
            write => write.InsertInstance(row, at),
            inserted =>
            {
                if (inserted is { } made)
                {
                    runtime.Begin(row with { Key = made });
                }
            }).WaitAsync(cancellation);
        return key is not null;
    }

    public Task RaiseEventAsync<T>(string instanceId, EventName<T> name, T payload, CancellationToken cancellation = default) => DeliverAsync(
        instanceId,
        taken => new Message
        {
            Kind = MessageKind.Event,
            Name = name.Name,
            Payload = Payload.Write(payload, _options.MaxPayloadBytes, $"event {name.Name}"),
            Taken = taken,
        },
        cancellation);

    public Task SuspendAsync(string instanceId, string reason, CancellationToken cancellation = default) =>
        ControlAsync(instanceId, MessageKind.Suspend, reason, cancellation);

    public Task ResumeAsync(string instanceId, string reason, CancellationToken cancellation = default) =>
        ControlAsync(instanceId, MessageKind.Resume, reason, cancellation);

    public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default) =>
        ControlAsync(instanceId, MessageKind.Terminate, reason, cancellation);

    private Task ControlAsync(string instanceId, MessageKind kind, string reason, CancellationToken cancellation) =>
        DeliverAsync(instanceId, taken => new Message { Kind = kind, Payload = reason, Taken = taken }, cancellation);

    /// <summary>Brings a message to an open instance and waits until its effect is durable.</summary>
    private async Task DeliverAsync(string instanceId, Func<TaskCompletionSource, Message> make, CancellationToken cancellation)
    {
        EngineRuntime runtime = Runtime;
        runtime.Commits.ThrowIfFull();
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Message message = make(taken);
        if (runtime.Find(instanceId) is not { } slot || !runtime.Turns.Deliver(slot, message))
        {
            // It may have been committed this very moment and not be known yet: what is asked after a commit sees it.
            await runtime.Commits.RunAsync(_ => true).WaitAsync(cancellation);
            if (runtime.Find(instanceId) is not { } late || !runtime.Turns.Deliver(late, message))
            {
                throw await GetAsync(instanceId, cancellation) is { } state
                    ? Refusal.HasEnded(instanceId, state.Status)
                    : NotFound(instanceId);
            }
        }

        await Task.WhenAny(taken.Task, runtime.Stopped).WaitAsync(cancellation);
        if (!taken.Task.IsCompleted)
        {
            throw Refusal.Lost(null);
        }

        await taken.Task;
    }

    private static FlowException NotFound(string instanceId) =>
        new(FailureKind.NotFound, $"There is no instance {instanceId}", "Look at the list of instances for the right id");
}
