using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Engine.Tests;

/// <summary>An engine on a file of its own with a clock that skips to the next timer whenever nothing else is left to do.</summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-engine-").FullName;
    private readonly List<DurableEngine> _engines = [];
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public required WorkflowCatalog Catalog { get; set; }

    public Func<EngineOptions, EngineOptions> Options { get; init; } = o => o;

    public Action<EngineRuntime>? Probes { get; init; }

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Timers that an instance may need before <see cref="EndOfAsync"/> says that it does not end.</summary>
    public int MostTimers { get; set; } = 20_000;

    public SkippingClock Clock { get; } = new();

    public string DatabasePath => Path.Combine(_folder, "engine.db");

    public DurableEngine Engine => _engines[^1];

    public static async Task<EngineHarness> StartAsync(
        WorkflowCatalog catalog, Func<EngineOptions, EngineOptions>? options = null, Action<EngineRuntime>? probes = null, ILoggerFactory? loggers = null)
    {
        var harness = new EngineHarness { Catalog = catalog, Options = options ?? (o => o), Probes = probes, Loggers = loggers ?? NullLoggerFactory.Instance };
        await harness.StartEngineAsync();
        return harness;
    }

    public DurableEngine MakeEngine() => new(
        Options(new EngineOptions { DatabasePath = DatabasePath, StopGrace = TimeSpan.FromSeconds(2) }), Catalog, _services, Clock, Loggers)
    {
        Prepare = Probes,
    };

    public async Task StartEngineAsync()
    {
        DurableEngine engine = MakeEngine();
        await engine.StartAsync(TestContext.Current.CancellationToken);
        _engines.Add(engine);
    }

    /// <summary>As after kill -9: what was not committed is gone.</summary>
    public async Task KillAndRestartAsync()
    {
        Engine.Kill();
        await StartEngineAsync();
    }

    public async Task StopAndRestartAsync()
    {
        await Engine.StopAsync();
        await StartEngineAsync();
    }

    /// <summary>Lets time pass, as much as the timers ask for, until the instance has ended.</summary>
    /// <exception cref="InvalidOperationException">It waits for what does not come, or sets timers without an end.</exception>
    public async Task<InstanceState> EndOfAsync(string id)
    {
        for (int timers = 0; ; timers++)
        {
            await Engine.WhenIdleAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));
            InstanceState state = (await Engine.GetAsync(id)).ShouldNotBeNull();
            if (state.HasEnded)
            {
                return state;
            }

            if (timers == MostTimers)
            {
                throw new InvalidOperationException($"{id} has not ended after {timers} timers, at {Clock.GetUtcNow():u}: {state}");
            }

            DateTimeOffset due = Engine.NextDue
                ?? throw new InvalidOperationException($"{id} waits for something that does not come: {state}\n{string.Join((char)10, await Engine.GetHistoryAsync(id))}");
            // The engine asks the clock for whole milliseconds, so that it is woken up to one after the timer is due.
            Clock.AdvanceTo(due > Clock.GetUtcNow() ? due : Clock.NextDue);
        }
    }

    /// <summary>Lets all that needs no time happen.</summary>
    public Task SettleAsync() => Engine.WhenIdleAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(15));

    public async ValueTask DisposeAsync()
    {
        foreach (DurableEngine engine in _engines)
        {
            await engine.DisposeAsync();
        }

        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

internal static class TestCatalog
{
    public static WorkflowCatalog Activity<TIn, TOut>(this WorkflowCatalog catalog, ActivityName<TIn, TOut> name, Func<TIn, TOut> run) =>
        catalog.With(name, _ => new Inline<TIn, TOut>((input, _) => Task.FromResult(run(input))));

    public static WorkflowCatalog Activity<TIn, TOut>(
        this WorkflowCatalog catalog, ActivityName<TIn, TOut> name, Func<TIn, CancellationToken, Task<TOut>> run) =>
        catalog.With(name, _ => new Inline<TIn, TOut>(run));

    private sealed class Inline<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> run) : IActivity<TIn, TOut>
    {
        public Task<TOut> RunAsync(TIn input, CancellationToken cancellation) => run(input, cancellation);
    }
}
