using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Api.Service;

/// <summary>Keeps when this process of the host began.</summary>
public sealed class HostStartNote(HostStarts starts, ILogger<HostStartNote> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await starts.RecordAsync(stoppingToken);
        }
        catch (FlowException error)
        {
            // A mark on timelines is missing; the host works all the same, and health tells of storage that does not answer.
            logger.LogWarning("The start of this host was not kept: {Failure}", error.Failure);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was kept.
        }
    }
}
