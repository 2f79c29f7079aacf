namespace FineTuneFlow.Engine;

/// <summary>The engine's life within the host's: it starts before requests are taken, and its fault ends the host.</summary>
internal sealed class EngineHostedService(DurableEngine engine) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await engine.StartAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await engine.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => engine.Faulted.WaitAsync(stoppingToken);
}
