using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Local.Backups;
using FineTuneFlow.Local.Settings;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Local.Schedule;

/// <summary>Starts the night's retraining by the setting <c>NightlySchedule</c>, the format of which is that of the Functions timer
/// (NCRONTAB with seconds, UTC). A time that passed while the host was off is made up for at the next start, once.</summary>
public sealed class Nightly(NightlyRetrain retrain, LocalHostOptions options, TimeProvider clock, ILogger<Nightly> logger) : BackgroundService
{
    // A timer cannot wait for longer than 49 days, and the machine's clock may be set meanwhile.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private readonly string _stateFile = Path.Combine(options.Home, HomeFolders.Night);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.NightlySchedule is not { } schedule)
        {
            return;
        }

        DateTime due = schedule.GetNextOccurrence(LastLook());
        while (true)
        {
            TimeSpan wait = due - clock.GetUtcNow().UtcDateTime;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait < LongestWait ? wait : LongestWait, clock, stoppingToken);
                continue;
            }

            Remember();
            await RunAsync(stoppingToken);
            due = schedule.GetNextOccurrence(clock.GetUtcNow().UtcDateTime);
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            ImmutableArray<StartedRun> started = await retrain.RunAsync(cancellation);
            logger.LogInformation("The night began {Count} runs: {Runs}", started.Length, string.Join(", ", started.Select(run => run.RunId)));
        }
        catch (Core.Failures.FlowException exception)
        {
            // The next night comes whatever became of this one.
            logger.LogError("The night's retraining was not started: {Failure}", exception.Failure);
        }
    }

    /// <summary>When the schedule was last followed; the first start counts as one.</summary>
    private DateTime LastLook()
    {
        if (File.Exists(_stateFile)
            && DateTime.TryParse(File.ReadAllText(_stateFile), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime last))
        {
            return last;
        }

        Remember();
        return clock.GetUtcNow().UtcDateTime;
    }

    private void Remember()
    {
        try
        {
            LocalDisk.Instance.MakeFolder(options.Home);
            WholeFile.Write(_stateFile, Encoding.ASCII.GetBytes(clock.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            // A start before the next night may follow this one again, which finds nothing new to train on.
            logger.LogWarning("{Failure}", DiskFaults.Of(fault, _stateFile, options.Home).Failure);
        }
    }
}
