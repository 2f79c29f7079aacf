using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Client;

/// <summary>Follows a run: a table that is redrawn on a terminal, a line for every change elsewhere; at the end the comparison
/// and the verdict.</summary>
internal static class RunWatch
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    // A host that is started again is waited for: the run outlives it, and so should who watches.
    private static readonly TimeSpan HostPatience = TimeSpan.FromMinutes(2);

    /// <returns>0; 1 for a run that failed or was cancelled, 6 for one that budget, approval or deadline ended.</returns>
    public static async Task<int> FollowAsync(HostClient host, string runId, Terminal terminal, CancellationToken cancellation)
    {
        if (terminal.Json)
        {
            RunView ended = await UntilEndAsync(host, runId, terminal, cancellation);
            terminal.Answer(ended, _ => { });
            return CodeOf(ended);
        }

        RunView run = await host.RunAsync(runId, cancellation);

        if (run.EndedAt is null)
        {
            Action<RunView> show = terminal.IsLive ? new LiveTable(terminal).Show : new ChangeLines(terminal).Show;
            run = await PollAsync(host, run, terminal, show, cancellation);
        }

        await EndAsync(host, run, terminal, cancellation);
        return CodeOf(run);
    }

    /// <summary>Waits for the end and shows nothing.</summary>
    public static async Task<RunView> UntilEndAsync(HostClient host, string runId, Terminal terminal, CancellationToken cancellation) =>
        await PollAsync(host, await host.RunAsync(runId, cancellation), terminal, _ => { }, cancellation);

    /// <summary>What the run came to: comparison, verdict, where report and history are.</summary>
    public static async Task EndAsync(HostClient host, RunView run, Terminal terminal, CancellationToken cancellation)
    {
        if (run.HasReport)
        {
            RunReport report = await host.GetAsync<RunReport>($"runs/{Uri.EscapeDataString(run.RunId)}/report", cancellation);
            terminal.Line();
            ComparisonTable.Write(terminal.Out, report);
        }

        if (run.Failure is { } failure)
        {
            terminal.Line();
            FailureWriter.Write(terminal, failure);
        }

        terminal.Line();
        if (run.HasReport)
        {
            terminal.Line($"Report   ftf report {run.RunId}  (or {host.Address}api/runs/{run.RunId}/report?format=html)");
        }

        terminal.Line($"History  ftf history {run.RunId}");
    }

    private static async Task<RunView> PollAsync(HostClient host, RunView run, Terminal terminal, Action<RunView> show, CancellationToken cancellation)
    {
        bool told = false;
        DateTimeOffset? silentSince = null;
        while (true)
        {
            show(run);
            if (run.EndedAt is not null)
            {
                return run;
            }

            await Task.Delay(PauseOf(run), cancellation);
            try
            {
                run = await host.RunAsync(run.RunId, cancellation);
                silentSince = null;
                told = false;
            }
            catch (FlowException exception) when (exception.Failure.Kind == FailureKind.Unavailable
                && DateTimeOffset.UtcNow - (silentSince ??= DateTimeOffset.UtcNow) < HostPatience)
            {
                if (!told)
                {
                    // The run outlives its host: whoever watches should know which of the two stands still.
                    terminal.Note($"The host at {host.Address} does not answer since {DateTimeOffset.Now:HH:mm:ss}; waiting for it up to {HostPatience.TotalMinutes:0} minutes. The run goes on when it is back.");
                    told = true;
                }
            }
        }
    }

    /// <summary>A hundredth of the run's time so far: a run of a minute is seen as it goes, one of hours is not asked about more often
    /// than it changes.</summary>
    private static TimeSpan PauseOf(RunView run)
    {
        TimeSpan share = (DateTimeOffset.UtcNow - run.StartedAt) / 100;
        return share < ShortestPause ? ShortestPause : share > LongestPause ? LongestPause : share;
    }

    /// <summary>0; 1 for a run that failed or was cancelled, 6 for one that budget, approval or deadline ended.</summary>
    public static int CodeOf(RunView run) => run.Outcome switch
    {
        RunOutcome.Succeeded => ExitCode.Ok,
        RunOutcome.Rejected => ExitCode.Limit,
        _ when run.Failure is { } failure && ExitCode.Of(failure.Kind) == ExitCode.Limit => ExitCode.Limit,
        _ => ExitCode.Failed,
    };
}
