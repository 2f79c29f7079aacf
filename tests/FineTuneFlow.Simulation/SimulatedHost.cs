using FineTuneFlow.Engine;
using FineTuneFlow.Engine.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Simulation;

/// <summary>A host with an engine of its own. It dies at the commits that the seed names, stays away for some moments, and goes on from
/// what is durable.</summary>
/// <param name="name">For messages.</param>
/// <param name="world">Where it stands.</param>
/// <param name="services">Of its containers, one a life.</param>
/// <param name="deliveries">Of its steps.</param>
/// <param name="database">Where its database lies.</param>
/// <param name="crashes">Commits after which (positive) or before which (negative) it dies, one a life.</param>
internal sealed class SimulatedHost(
    string name, World world, HostServices services, Deliveries deliveries, string database, IEnumerable<int> crashes)
{
    private readonly Queue<int> _crashes = new(crashes);
    private HostProcess? _process;
    private ServiceProvider? _services;
    private int _momentsAway;
    private int _doubled;

    /// <summary>Of its present or last life.</summary>
    public DurableEngine Engine { get; private set; } = null!;

    public IServiceProvider Services => _services!;

    public bool IsAway { get; private set; } = true;

    /// <summary>When it was there again last; null: it has never died.</summary>
    public DateTimeOffset? CameBackAt { get; private set; }

    /// <summary>Completes when it has nothing to do, or has died.</summary>
    public Task Quiet => IsAway ? Task.CompletedTask : Task.WhenAny(Engine.Runtime.Work.Idle, Engine.Faulted);

    public bool HasDied => !IsAway && Engine.Faulted.IsCompleted;

    public bool IsIdle => IsAway || Engine.Runtime.Work.Idle.IsCompleted;

    public async Task LiveAsync()
    {
        _services = services.For(() => _process!);
        Engine = new DurableEngine(
            new EngineOptions { DatabasePath = database, MaxParallelOrchestrations = 2, StopGrace = TimeSpan.Zero },
            deliveries.CatalogOf(() => _process!), _services, world.Clock, NullLoggerFactory.Instance)
        {
            Prepare = Probe,
        };
        IsAway = false;
        await Engine.StartAsync();
    }

    /// <summary>Its process has died: nothing that it was about to do happens any more.</summary>
    public void Die()
    {
        _ = Engine.Faulted.Exception;
        End();
        IsAway = true;
        _momentsAway = world.Chance.Below($"moments without the {name}", 40);
    }

    /// <summary>A moment passes without it.</summary>
    public async Task AwaitAsync(bool atOnce)
    {
        if (IsAway && (atOnce || _momentsAway-- <= 0))
        {
            CameBackAt = world.Now;
            await LiveAsync();
        }
    }

    public void End()
    {
        _process?.Die();
        Engine?.Kill();
    }

    private void Probe(EngineRuntime runtime)
    {
        _process = new HostProcess(name, runtime.Work);
        runtime.Copies = message => message.Kind is MessageKind.ActivityEnded or MessageKind.TimerDue
            && world.Chance.Hits($"{name}: message {Interlocked.Increment(ref _doubled)} twice", 0.02) ? 2 : 1;
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
}
