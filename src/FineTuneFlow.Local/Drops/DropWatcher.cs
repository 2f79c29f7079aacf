using FineTuneFlow.Core.Failures;
using FineTuneFlow.Local.Backups;
using FineTuneFlow.Local.Settings;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Local.Drops;

/// <summary>Starts a run for every new or changed drop, as Event Grid does in the cloud: at least once, in any order. A run's id
/// follows from the content, so seeing a drop twice starts nothing twice.</summary>
internal sealed class DropWatcher(IBlobStore blobs, DropIntake intake, LocalHostOptions options, TimeProvider clock, ILogger<DropWatcher> logger)
    : BackgroundService
{
    private readonly SeenDrops _seen = new(Path.Combine(options.Home, HomeFolders.Drops));
    private Dictionary<string, string> _young = [];
    private bool _storageWasAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.DropPoll, clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
                _storageWasAway = false;
            }
            catch (FlowException exception)
            {
                // Told once, not every two seconds; the next look tries again.
                logger.Log(_storageWasAway ? LogLevel.Debug : LogLevel.Warning, "Drops cannot be listed: {Failure}", exception.Failure);
                _storageWasAway = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var stillYoung = new Dictionary<string, string>();
        await foreach (BlobEntry drop in blobs.ListAsync(RunPaths.Drops, "", cancellation))
        {
            if (_seen.Has(drop))
            {
                continue;
            }

            if (IsBeingCopied(drop))
            {
                stillYoung[drop.Path.Name] = drop.ETag;
            }
            else
            {
                await TakeAsync(drop, cancellation);
            }
        }

        _young = stillYoung;
    }

    /// <summary>A file that was written a moment ago may be one that is still being copied: it is taken when the next look finds it
    /// unchanged.</summary>
    private bool IsBeingCopied(BlobEntry drop) =>
        clock.GetUtcNow() - drop.ModifiedAt < options.DropPoll && _young.GetValueOrDefault(drop.Path.Name) != drop.ETag;

    private async Task TakeAsync(BlobEntry drop, CancellationToken cancellation)
    {
        try
        {
            StartedRun run = await intake.TakeAsync(drop.Path, cancellation);
            _seen.Add(drop);
            logger.LogInformation("{Drop}: {What} {RunId}", drop.Path, run.Created ? "starts run" : "is run", run.RunId);
        }
        catch (FlowException exception) when (DropIntake.MayPass(exception.Failure))
        {
            // The next look finds it again, as it is then.
            logger.LogInformation("{Drop}: not started yet: {Failure}", drop.Path, exception.Failure);
        }
        catch (FlowException exception)
        {
            // Taken again it would be refused again: a new version of it has another ETag, and a corrected recipe is for the next drop.
            _seen.Add(drop);
            logger.LogError("{Drop}: no run was started: {Failure}", drop.Path, exception.Failure);
        }
    }
}
