using System.Reflection;
using DurableTask.Core;

namespace FineTuneFlow.Tests.DurableTask;

/// <summary>The test package's dispatcher takes as many work items at once as the machine has cores, and once it has them it looks every half
/// second whether one is done: four steps a second on two cores, whatever they do. Here the backend itself hands out as many as host.json
/// allows, the next one as soon as one is done.</summary>
public class PromptBackend : DispatchProxy, IDisposable
{
    private const int Activities = 5;
    private const int Orchestrations = 32;

    private readonly SemaphoreSlim _activities = new(Activities);
    private readonly SemaphoreSlim _orchestrations = new(Orchestrations);
    private IOrchestrationService _backend = null!;

    /// <summary>An <see cref="IOrchestrationService"/> before the backend.</summary>
    public static PromptBackend Over(IOrchestrationService backend)
    {
        var proxy = (PromptBackend)Create<IOrchestrationService, PromptBackend>();
        proxy._backend = backend;
        return proxy;
    }

    public void Dispose()
    {
        _activities.Dispose();
        _orchestrations.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            // More than are ever handed out, so that the dispatcher never waits by itself.
            case $"get_{nameof(IOrchestrationService.MaxConcurrentTaskActivityWorkItems)}":
            case $"get_{nameof(IOrchestrationService.MaxConcurrentTaskOrchestrationWorkItems)}":
                return int.MaxValue;
            case nameof(IOrchestrationService.LockNextTaskActivityWorkItem):
                return NextAsync(_activities, stop => _backend.LockNextTaskActivityWorkItem((TimeSpan)args![0]!, stop), (CancellationToken)args![1]!);
            case nameof(IOrchestrationService.LockNextTaskOrchestrationWorkItemAsync):
                return NextAsync(_orchestrations, stop => _backend.LockNextTaskOrchestrationWorkItemAsync((TimeSpan)args![0]!, stop), (CancellationToken)args![1]!);
            case nameof(IOrchestrationService.CompleteTaskActivityWorkItemAsync):
            case nameof(IOrchestrationService.AbandonTaskActivityWorkItemAsync):
                return DoneAsync(_activities, (Task)Pass()!);
            case nameof(IOrchestrationService.ReleaseTaskOrchestrationWorkItemAsync):
                return DoneAsync(_orchestrations, (Task)Pass()!);
            default:
                return Pass();
        }

        object? Pass() => targetMethod.Invoke(_backend, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null);
    }

    private static async Task<T> NextAsync<T>(SemaphoreSlim limit, Func<CancellationToken, Task<T>> next, CancellationToken cancellation)
    {
        await limit.WaitAsync(cancellation);
        try
        {
            return await next(cancellation);
        }
        catch
        {
            limit.Release();
            throw;
        }
    }

    private static async Task DoneAsync(SemaphoreSlim limit, Task done)
    {
        await done;
        limit.Release();
    }
}
