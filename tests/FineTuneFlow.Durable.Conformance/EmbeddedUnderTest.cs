using FineTuneFlow.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Durable.Conformance;

/// <summary>The embedded engine on a file of its own.</summary>
internal sealed class EmbeddedUnderTest : EngineUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-conformance-");
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private WorkflowCatalog _catalog = new();
    private DurableEngine? _engine;

    public override bool ReplaysAtEveryTurn => false;

    public override EngineUnderTest With<TIn, TOut>(OrchestrationName<TIn, TOut> name, Func<IOrchestrationContext, TIn, Task<TOut>> run)
    {
        _catalog = _catalog.With(name, run);
        return this;
    }

    public override EngineUnderTest With<TIn, TOut>(ActivityName<TIn, TOut> name, Func<TIn, Task<TOut>> run)
    {
        _catalog = _catalog.With(name, _ => new Step<TIn, TOut>(run));
        return this;
    }

    public override async Task<EngineUnderTest> StartAsync()
    {
        var options = new EngineOptions { DatabasePath = Path.Combine(_folder.FullName, "engine.db") };
        _engine = new DurableEngine(options, _catalog, _services, TimeProvider.System, NullLoggerFactory.Instance);
        await _engine.StartAsync();
        Client = _engine;
        return this;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        await _services.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
