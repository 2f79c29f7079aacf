using FineTuneFlow.Core.Failures;
using FineTuneFlow.Engine;
using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Simulation;

/// <summary>One seed from its first moment to its last.</summary>
internal sealed class SimulatedRun : IAsyncDisposable
{
    private const int MostMoments = 60_000;
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan RealPatience = TimeSpan.FromSeconds(60);

    private readonly World _world;
    private readonly Chance _chance;
    private readonly Scenario _scenario;
    private readonly SimulatedStore _store;
    private readonly SimulatedService _service;
    private readonly Deliveries _deliveries;
    private readonly SimulatedProvider _provider;
    private readonly ServiceProvider _secondHost;
    private readonly Queue<int> _crashes;
    private readonly string _folder;
    private readonly HashSet<string> _started = [];
    private ServiceProvider? _firstHost;
    private DurableEngine? _engine;
    private HostProcess? _first;

    private SimulatedRun(int seed, PreparedOnce prepared)
    {
        _chance = new Chance(seed);
        _world = new World(_chance);
        _scenario = Scenario.Draw(_chance);
        _crashes = new Queue<int>(_scenario.Crashes);
        _store = new SimulatedStore(_world);
        _service = new SimulatedService(_world, _scenario.Facts) { Created = Webhook };
        Judge = new Invariants(_world, _scenario, _service, _store);
        _provider = new SimulatedProvider(_service, new Calls(_world), new PaidAnswers(_world, prepared.Rows, Judge.IsStored));
        _secondHost = Host();
        _deliveries = new Deliveries(_world, prepared, _secondHost) { First = () => _first! };
        string memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _folder = Directory.CreateDirectory(Path.Combine(memory, $"ftf-simulation-{Environment.ProcessId}-{seed}-{Guid.NewGuid():n}")).FullName;
    }

    private Invariants Judge { get; }

    /// <returns>What is wrong with the world at its end; empty: nothing.</returns>
    public static async Task<IReadOnlyList<string>> OfAsync(int seed, PreparedOnce prepared)
    {
        await using var run = new SimulatedRun(seed, prepared);
        try
        {
            await run.PlayAsync();
            await run.Judge.CheckAsync(run._engine!);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            run._world.Violate($"{error.GetType().Name}: {error.Message}\n{error.StackTrace}");
        }

        return run._world.Violations;
    }

    public async ValueTask DisposeAsync()
    {
        _first?.Die();
        _world.Second.Die();
        _engine?.Kill();
        await _secondHost.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PlayAsync()
    {
        foreach (ScenarioRun run in _scenario.Runs)
        {
            await PlanAsync(run);
        }

        await LiveAsync();
        DateTimeOffset? ended = null;
        for (int moments = 0; ; moments++)
        {
            if (!await QuietAsync())
            {
                await DieAndLiveAsync();
                continue;
            }

            if (_world.TakeOutside() is { } act)
            {
                await act();
                continue;
            }

            bool over = _started.Count == _scenario.Runs.Count && !_engine!.Runtime.Slots.Any();
            ended = over ? ended ?? _world.Now : null;
            if ((over && _world.Now > ended + Aftermath) || !_world.MoveTime())
            {
                return;
            }

            if (moments > MostMoments)
            {
                throw new TimeoutException($"No end after {MostMoments} moments, at {_world.Now:O}: {string.Join(", ", _engine!.Runtime.Slots.Select(s => s.Row.Id))}");
            }
        }
    }

    private ServiceProvider Host() => new ServiceCollection()
        .AddSingleton<TimeProvider>(_world.Clock)
        .AddSingleton<IBlobStore>(_store)
        .AddSingleton<IProviders>(_provider)
        .AddSingleton<IModelDeployments>(_provider)
        .AddSingleton<IContainerJobs, NoContainers>()
        .AddFineTuneFlowWorkflow()
        .BuildServiceProvider();

    private async Task LiveAsync()
    {
        _firstHost = Host();
        _engine = new DurableEngine(
            new EngineOptions { DatabasePath = Path.Combine(_folder, "engine.db"), MaxParallelOrchestrations = 2, StopGrace = TimeSpan.Zero },
            _deliveries.Catalog, _firstHost, _world.Clock, NullLoggerFactory.Instance)
        {
            Prepare = Probe,
        };
        await _engine.StartAsync();
    }

    private void Probe(EngineRuntime runtime)
    {
        _first = new HostProcess("first host", runtime.Work);
        int doubled = 0;
        runtime.Copies = message => message.Kind is MessageKind.ActivityEnded or MessageKind.TimerDue
            && _chance.Hits($"message {Interlocked.Increment(ref doubled)} twice", 0.02) ? 2 : 1;
        if (_crashes.TryDequeue(out int at))
        {
            int commits = 0;
            runtime.Commits.Probe = before =>
            {
                if (before == at < 0 && ++commits == Math.Abs(at))
                {
                    throw new InvalidOperationException("The process died");
                }
            };
        }
    }

    private async Task DieAndLiveAsync()
    {
        _first!.Die();
        _engine!.Kill();
        int moments = _chance.Below("moments without the first host", 40);
        while (moments-- > 0 && _world.MoveTime())
        {
            await _world.Second.Work.Idle.WaitAsync(RealPatience);
        }

        await LiveAsync();
    }

    /// <summary>Waits until only time can bring more; false: the engine's process has died.</summary>
    private async Task<bool> QuietAsync()
    {
        while (true)
        {
            Task engine = _engine!.Runtime.Work.Idle;
            Task second = _world.Second.Work.Idle;
            await Task.WhenAny(Task.WhenAll(engine, second), _engine.Faulted).WaitAsync(RealPatience);
            if (_engine.Faulted.IsCompleted)
            {
                _ = _engine.Faulted.Exception;
                return false;
            }

            if (_engine.Runtime.Work.Idle.IsCompleted && _world.Second.Work.Idle.IsCompleted)
            {
                return true;
            }
        }
    }

    private async Task PlanAsync(ScenarioRun run)
    {
        BlobWritten drop = await _store.WriteBytesAsync(RunPaths.Drop("sim", "rows.csv"), PreparedOnce.Csv);
        BlobWritten recipe = await _store.WriteJsonAsync(RunPaths.Recipe(run.RunId), run.Recipe);
        var input = new RunInput(run.RunId, "sim", drop.Ref, recipe.Ref, run.Recipe.DeadlineHours, "http");
        DateTimeOffset now = _world.Now;
        Ask(now, async engine =>
        {
            await engine.StartAsync(Flows.FineTuneRun, run.RunId, input);
            _started.Add(run.RunId);
        });
        if (run.StartedTwice)
        {
            Ask(now + TimeSpan.FromSeconds(3), engine => engine.StartAsync(Flows.FineTuneRun, run.RunId, input));
        }

        if (run.Approved is { } approved)
        {
            Ask(now + run.DecidedAfter, engine => engine.RaiseEventAsync(run.RunId, Signals.Approval, new ApprovalDecision(approved)));
        }

        if (run.CancelledAfter is { } cancel)
        {
            Ask(now + cancel, engine => engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest("somebody")));
        }

        if (run.SuspendedAfter is { } suspend)
        {
            Ask(now + suspend, engine => engine.SuspendAsync(run.RunId, "look"));
            Ask(now + suspend + _chance.Magnitude($"{run.RunId} resumed", 1, 4_000), engine => engine.ResumeAsync(run.RunId, "go on"));
        }
    }

    /// <summary>The service's webhook: perhaps, perhaps twice, perhaps before the service's own lists know of it.</summary>
    private void Webhook(SimulatedJob job)
    {
        string point = $"webhook {job.RunId} {job.Candidate}";
        for (int i = _chance.Below(point, 3); i > 0; i--)
        {
            Ask(
                job.EndsAt + _chance.Between($"{point} after", -2, 20),
                engine => engine.RaiseEventAsync(Flows.MonitorId(job.RunId, job.Candidate), Signals.Wake, new WakeUp("webhook")));
        }
    }

    /// <summary>A call from outside, repeated until the engine has answered it.</summary>
    private void Ask(DateTimeOffset at, Func<DurableEngine, Task> call) => _world.Outside(at, async () =>
    {
        try
        {
            await call(_engine!);
        }
        catch (FlowException failed) when (failed.Failure.Kind is FailureKind.NotFound or FailureKind.Conflict)
        {
            // It has ended, or has not begun: whoever called is told so.
        }
        catch (FlowException failed) when (failed.Failure.Kind == FailureKind.Unavailable)
        {
            Ask(_world.Now + TimeSpan.FromSeconds(5), call);
        }
    });
}
