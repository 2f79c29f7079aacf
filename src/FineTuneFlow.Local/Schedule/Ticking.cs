using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Serving;

namespace FineTuneFlow.Local.Schedule;

/// <summary>Does what is due beside the runs, twice a minute.</summary>
internal sealed class Ticking(LifecycleTick tick, TimeProvider clock, ILogger<Ticking> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await tick.RunAsync(stoppingToken);
            }
            catch (FlowException exception)
            {
                logger.LogWarning("Notifications and deployments have to wait: {Failure}", exception.Failure);
            }
        }
    }
}
