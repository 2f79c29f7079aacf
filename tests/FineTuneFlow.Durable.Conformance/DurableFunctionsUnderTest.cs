using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Tests.DurableTask;
using FineTuneFlow.Workflow.Observability;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Durable.Conformance;

/// <summary>The Durable Task worker, client and gRPC protocol of their own test package; the app's adapter stands between them and the
/// orchestrations under test.</summary>
/// <param name="storage">A storage account as the durable backend; null: the one in memory of the test package.</param>
internal sealed class DurableFunctionsUnderTest(string? storage = null) : EngineUnderTest
{
    private readonly List<Action<DurableTaskRegistry>> _tasks = [];
    private readonly ServiceProvider _services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
    private readonly FlowTelemetry _telemetry = new();
    private WorkflowCatalog _catalog = new();
    private IAsyncDisposable? _host;
    private DurableTaskClient? _client;

    /// <summary>Azure Storage takes all starters of one id at one time, and runs one.</summary>
    public override bool TellsWhoStarted => storage is null;

    /// <summary>Neither backend passes a termination on to the children.</summary>
    public override bool TerminatesChildren => false;

    /// <summary>Neither backend that is here implements it.</summary>
    public override bool Rewinds => false;

    /// <summary>Azure Storage keeps the time until which a message is hidden in whole seconds.</summary>
    public override TimeSpan TimersRoundedDownBy => storage is null ? TimeSpan.Zero : TimeSpan.FromSeconds(1);

    /// <summary>Whether the test package itself keeps an event that an instance sends to itself when it continues as new. Its
    /// 0.2.3-preview.1 drops it, and the instance waits for good; its later sources carry it over.</summary>
    public override async Task<bool> KeepsEventsAsync()
    {
        await using DurableTaskTestHost probe = await DurableTaskTestHost.StartAsync(registry => registry.AddOrchestratorFunc<bool, bool>("Probe", async (context, again) =>
        {
            if (again)
            {
                return await context.WaitForExternalEvent<bool>("Kept");
            }

            context.SendEvent(context.InstanceId, "Kept", true);
            context.ContinueAsNew(true);
            return false;
        }), new DurableTaskTestHostOptions { Port = TestHosts.FreePort() });
        string id = await probe.Client.ScheduleNewOrchestrationInstanceAsync("Probe", false);
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await probe.Client.WaitForInstanceCompletionAsync(id, enough.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public override EngineUnderTest With<TIn, TOut>(OrchestrationName<TIn, TOut> name, Func<IOrchestrationContext, TIn, Task<TOut>> run)
    {
        _catalog = _catalog.With(name, run);
        _tasks.Add(registry => registry.AddOrchestratorFunc<TIn, TOut>(
            name.Name, (context, input) => new OrchestrationRunner(_catalog, _telemetry).RunAsync(name, context, input)));
        return this;
    }

    public override EngineUnderTest With<TIn, TOut>(ActivityName<TIn, TOut> name, Func<TIn, Task<TOut>> run)
    {
        _catalog = _catalog.With(name, _ => new Step<TIn, TOut>(run));
        _tasks.Add(registry => registry.AddActivityFunc<TIn, TOut>(name.Name, (context, input) =>
            new ActivityRunner(_catalog, _telemetry, NullLogger<ActivityRunner>.Instance).RunAsync(name, input, context.InstanceId, _services, CancellationToken.None)));
        return this;
    }

    public override async Task<EngineUnderTest> StartAsync()
    {
        (_host, _client) = await DurableBackend.StartAsync(storage, registry => _tasks.ForEach(add => add(registry)));
        Client = new DurableFunctionsClient(() => _client, _services.GetRequiredService<IHttpClientFactory>());
        return this;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _telemetry.Dispose();
        await _services.DisposeAsync();
    }
}
