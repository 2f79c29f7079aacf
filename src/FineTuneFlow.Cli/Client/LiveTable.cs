using FineTuneFlow.Cli.Frame;
using FineTuneFlow.Workflow.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FineTuneFlow.Cli.Client;

/// <summary>The table that is redrawn while a run goes.</summary>
internal static class LiveTable
{
    private const int BarCells = 16;

    public static async Task<RunView> FollowAsync(RunView first, Func<Action<RunView>, Task<RunView>> poll)
    {
        RunView last = first;
        await AnsiConsole.Live(Draw(first)).StartAsync(async live =>
        {
            last = await poll(run =>
            {
                live.UpdateTarget(Draw(run));
                live.Refresh();
            });
        });
        return last;
    }

    private static Rows Draw(RunView run)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        for (int column = 0; column < 4; column++)
        {
            table.AddColumn(new TableColumn("") { NoWrap = column != 1 });
        }

        foreach (CandidateView candidate in run.Candidates)
        {
            (string colour, string mark) = candidate.Record.State switch
            {
                CandidateState.Judged => ("green", "+"),
                CandidateState.Failed => ("red", "x"),
                CandidateState.Waiting => ("grey", " "),
                _ => ("yellow", ">"),
            };
            table.AddRow(
                new Markup($"  [{colour}]{mark}[/] {Markup.Escape(candidate.Record.Name)}"),
                new Markup($"[{colour}]{Markup.Escape(CandidateLine.Of(candidate))}[/]"),
                new Text(Bar(candidate)),
                new Text(Say.Usd(candidate.Record.CostUsd) is { Length: > 0 } cost ? cost + (candidate.Record.Simulated ? " list price" : "") : ""));
        }

        string took = Say.Span((run.EndedAt ?? DateTimeOffset.UtcNow) - run.StartedAt);
        var lines = new List<IRenderable> { new Markup($"[bold]{Markup.Escape(run.RunId)}[/]  {Markup.Escape(run.Stage)}  [grey]{took}[/]") };
        if (table.Rows.Count > 0)
        {
            // An empty table takes a line when it is drawn and none when it is counted, and would eat the line above.
            lines.Add(table);
        }

        if (run.NeedsApproval && run.Quote is { } quote)
        {
            lines.Add(new Markup($"[yellow]The quote is {Say.Usd(quote.LowUsd)} to {Say.Usd(quote.HighUsd)}. Approve it: ftf approve {Markup.Escape(run.RunId)}[/]"));
        }

        return new Rows(lines);
    }

    private static string Bar(CandidateView candidate)
    {
        if (candidate.Record.State is not (CandidateState.Training or CandidateState.Evaluating) || CandidateLine.Share(candidate) is not { } share)
        {
            return "";
        }

        int filled = (int)(share * BarCells);
        return $"[{new string('#', filled)}{new string('.', BarCells - filled)}] {candidate.Progress!.Done} of {candidate.Progress.Total}";
    }
}
