using System.Reflection;
using DurableTask.Core;
using DurableTask.Core.History;

namespace FineTuneFlow.Tests.DurableTask;

/// <summary>The test package's dispatcher puts events of its own classes, and dictionaries of the protocol's, into histories and
/// messages. The backend in memory keeps objects as they are; a backend that writes them down cannot read them again. Here they
/// become what the Functions host's own extension makes.</summary>
public class PlainEvents : DispatchProxy
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IOrchestrationService _backend = null!;

    /// <summary>Ends when the dispatcher, which waits for a worker, has started the backend.</summary>
    public Task Started => _started.Task;

    /// <summary>An <see cref="IOrchestrationService"/> before the backend.</summary>
    public static PlainEvents Over(IOrchestrationService backend)
    {
        var proxy = (PlainEvents)Create<IOrchestrationService, PlainEvents>();
        proxy._backend = backend;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IOrchestrationService.CompleteTaskOrchestrationWorkItemAsync))
        {
            foreach (object? argument in args!)
            {
                if (argument is OrchestrationRuntimeState state)
                {
                    for (int i = 0; i < state.NewEvents.Count; i++)
                    {
                        state.NewEvents[i] = Plain(state.NewEvents[i]);
                    }
                }

                foreach (TaskMessage message in argument as IEnumerable<TaskMessage> ?? [])
                {
                    message.Event = Plain(message.Event);
                }
            }
        }

        object? result = targetMethod.Invoke(_backend, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
        return targetMethod.Name == nameof(IOrchestrationService.StartAsync) ? TellAsync((Task)result!) : result;
    }

    private async Task TellAsync(Task starting)
    {
        await starting;
        _started.TrySetResult();
    }

    private static HistoryEvent Plain(HistoryEvent one)
    {
        switch (one)
        {
            case SubOrchestrationInstanceCreatedEvent created:
                return new SubOrchestrationInstanceCreatedEvent(created.EventId)
                {
                    Timestamp = created.Timestamp,
                    Name = created.Name,
                    Version = created.Version,
                    InstanceId = created.InstanceId,
                    Input = created.Input,
                    ClientSpanId = created.ClientSpanId,
                };
            case ExecutionStartedEvent started:
                started.Tags = Plain(started.Tags);
                break;
            case TaskScheduledEvent scheduled:
                scheduled.Tags = Plain(scheduled.Tags);
                break;
        }

        return one;
    }

    private static Dictionary<string, string>? Plain(IDictionary<string, string>? tags) => tags is null ? null : new Dictionary<string, string>(tags);
}
