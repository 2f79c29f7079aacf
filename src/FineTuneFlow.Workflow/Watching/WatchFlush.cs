using FineTuneFlow.Core.Failures;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Watching;

/// <summary>Writes the counts every few seconds, and when the host stops.</summary>
internal sealed class WatchFlush(WatchLog watch, TimeProvider time, ILogger<WatchFlush> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryAsync(stoppingToken);
        }
    }

    private async Task TryAsync(CancellationToken cancellation)
    {
        try
        {
            await watch.FlushAsync(cancellation);
        }
        catch (FlowException exception)
        {
            logger.LogWarning("Counts of what champions were asked are not written yet: {Failure}", exception.Failure);
        }
    }
}
