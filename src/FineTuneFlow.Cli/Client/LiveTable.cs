using FineTuneFlow.Cli.Output;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Client;

/// <summary>The table that is redrawn in its place while a run goes. Lines are cut to the window, as one that wraps would make
/// the next redraw begin too low; those of a window that was made narrower since have wrapped, and are counted so.</summary>
internal sealed class LiveTable(Terminal terminal)
{
    private const int BarCells = 16;
    private const string Bold = "\e[1m";
    private const string Red = "\e[31m";
    private const string Green = "\e[32m";
    private const string Yellow = "\e[33m";
    private const string Grey = "\e[90m";
    private const string Plain = "\e[0m";
    private int[] _drawn = [];

    public void Show(RunView run)
    {
        int width = Math.Max(20, Console.WindowWidth - 1);
        int height = Math.Max(2, Console.WindowHeight - 1);
        (string Style, string Text)[] lines = [.. Lines(run).Take(height).Select(line => (line.Style, Printable.Of(line.Text)))];
        string frame = string.Concat(lines.Select(line => $"{line.Style}{(line.Text.Length <= width ? line.Text : line.Text[..width])}{Plain}\n"));
        // Up to where the last frame began, away with it, and the new one; in one write, so that nothing flickers.
        int up = Math.Min(RowsOf(_drawn, width + 1), height);
        terminal.Out.Write(up > 0 ? $"\e[{up}A\r\e[J{frame}" : frame);
        terminal.Out.Flush();
        _drawn = [.. lines.Select(line => Math.Min(line.Text.Length, width))];
    }

    /// <summary>Rows that lines of these lengths take up in a window of this width.</summary>
    internal static int RowsOf(IEnumerable<int> lengths, int width) => lengths.Sum(length => Math.Max(1, (length + width - 1) / width));

    private static IEnumerable<(string Style, string Text)> Lines(RunView run)
    {
        yield return (Bold, $"{run.RunId}  {run.Stage}  {Say.Span((run.EndedAt ?? DateTimeOffset.UtcNow) - run.StartedAt)}");
        int name = run.Candidates.Select(c => c.Record.Name.Length).DefaultIfEmpty().Max();
        int state = run.Candidates.Select(c => CandidateLine.Of(c).Length).DefaultIfEmpty().Max();
        foreach (CandidateView candidate in run.Candidates)
        {
            (string style, char mark) = candidate.Record.State switch
            {
                CandidateState.Judged => (Green, '+'),
                CandidateState.Failed => (Red, 'x'),
                CandidateState.Waiting => (Grey, ' '),
                _ => (Yellow, '>'),
            };
            string cost = Say.Usd(candidate.Record.CostUsd) is { Length: > 0 } usd ? usd + (candidate.Record.Simulated ? " list price" : "") : "";
            yield return (style, $"  {mark} {candidate.Record.Name.PadRight(name)}  {CandidateLine.Of(candidate).PadRight(state)}  {Bar(candidate)}{cost}".TrimEnd());
        }

        if (run.NeedsApproval && run.Quote is { } quote)
        {
            yield return (Yellow, $"The quote is {Say.Usd(quote.LowUsd)} to {Say.Usd(quote.HighUsd)}. Approve it: ftf approve {run.RunId}");
        }
    }

    private static string Bar(CandidateView candidate)
    {
        if (candidate.Record.State is not (CandidateState.Training or CandidateState.Evaluating) || CandidateLine.Share(candidate) is not { } share)
        {
            return "";
        }

        int filled = (int)(share * BarCells);
        return $"[{new string('#', filled)}{new string('.', BarCells - filled)}] {candidate.Progress!.Done} of {candidate.Progress.Total}  ";
    }
}
