using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;

namespace FineTuneFlow.Engine;

/// <summary>Durable execution on one SQLite file in this process. docs/engine.md tells how it works.</summary>
public sealed partial class DurableEngine : IDurableClient, IAsyncDisposable
{
    private readonly EngineOptions _options;
    private readonly WorkflowCatalog _catalog;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private EngineRuntime? _runtime;


    /// <exception cref="FlowException">InvalidInput: a setting is out of its range.</exception>
    public DurableEngine(EngineOptions options, WorkflowCatalog catalog, IServiceProvider services, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options.Validated();
        (_catalog, _services, _time, _loggers) = (catalog, services, time, loggers);
    }

    /// <summary>Fails when the database can no longer be written; the engine then does nothing more, and the host should end.</summary>
    public Task Faulted => Runtime.Faulted;

    /// <summary>Why it has stopped by itself, also when it has been stopped since; null: it has not.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>When the next durable timer is due; null: none is set. What a clock that skips time needs together with
    /// <see cref="WhenIdleAsync"/>.</summary>
    public DateTimeOffset? NextDue => Runtime.Timers.NextDue;

    /// <summary>Activities running now.</summary>
    public int RunningActivities => Runtime.Activities.Running;

    internal EngineRuntime Runtime => _runtime ?? throw new FlowException(
        FailureKind.Unavailable, "The engine is not running", "Start the host, or wait until it has started");

    /// <summary>Completes when no turn, commit or activity is going on: only time or a call from outside can bring more.</summary>
    public Task WhenIdleAsync(CancellationToken cancellation = default) => Runtime.Work.Idle.WaitAsync(cancellation);

    /// <summary>Takes the database and goes on with everything that is open in it.</summary>
    /// <exception cref="FlowException">Conflict: another process has the database; the message names it.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await _lifecycle.WaitAsync(cancellation);
        try
        {
            if (_runtime is null)
            {
                var runtime = new EngineRuntime(_options, _catalog, _services, _time, _loggers);
                Prepare?.Invoke(runtime);
                int held = Recovery.Run(runtime);
                if (held > 0)
                {
                    _loggers.CreateLogger<DurableEngine>().LogWarning(
                        "{Held} open instances wait for a host that has their version of the orchestration", held);
                }

                _runtime = runtime;
            }
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Begins nothing new, asks running activities to end, commits what they answer and leaves the database.
    /// Activities that do not end in time run again at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        await _lifecycle.WaitAsync(CancellationToken.None);
        try
        {
            if (_runtime is not { } runtime)
            {
                return;
            }

            Fault ??= runtime.Faulted.Exception?.InnerException;
            _runtime = null;
            IReadOnlyList<ActivityTask> interrupted = await runtime.Activities.StopAsync(cancellation.IsCancellationRequested ? TimeSpan.Zero : _options.StopGrace);
            // What the last activities have answered is still taken in, so that they need not run again.
            await Task.WhenAny(runtime.Turns.Going.Idle, runtime.Stopped, Task.Delay(_options.StopGrace, TimeProvider.System, CancellationToken.None));
            runtime.Turns.Stop();
            if (!runtime.Faulted.IsCompleted && interrupted.Count > 0)
            {
                // The host's stop is not a death of a worker: it does not count against the activity.
                await runtime.Commits.RunAsync(write =>
                {
                    foreach (ActivityTask task in interrupted)
                    {
                        write.LeaseTask(task.Key, task.Execution, task.Step, Math.Max(0, task.Deliveries - 1), null);
                    }

                    return true;
                });
            }

            runtime.Dispose();
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Stops; may be called more than once (a container that hands the engine out under two types does).</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Tests: sets probes before anything runs.</summary>
    internal Action<EngineRuntime>? Prepare { get; set; }

    /// <summary>Tests: ends as a killed process does, in the middle of whatever is going on.</summary>
    internal void Kill()
    {
        if (_runtime is not { } runtime)
        {
            return;
        }

        _runtime = null;
        runtime.Commits.Abandon();
        runtime.Turns.Stop();
        runtime.Dispose();
    }
}
