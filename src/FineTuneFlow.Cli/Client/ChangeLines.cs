using FineTuneFlow.Cli.Output;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Client;

/// <summary>A line for every change of a run: for pipes, logs and terminals that cannot redraw.</summary>
internal sealed class ChangeLines(Terminal terminal)
{
    private readonly Dictionary<string, string> _told = [];
    private string _stage = "";
    private TimeSpan _shown;

    public void Show(RunView run)
    {
        // A run that had ended before its last stage was seen did not go back in time.
        TimeSpan passed = (run.EndedAt ?? DateTimeOffset.UtcNow) - run.StartedAt;
        _shown = passed > _shown ? passed : _shown;
        string at = Say.Span(_shown).PadLeft(9);
        if (run.Stage != _stage)
        {
            _stage = run.Stage;
            terminal.Line($"{at}  {_stage}");
            if (run.NeedsApproval && run.Quote is { } quote)
            {
                terminal.Line($"{"",9}  The quote is {Say.Usd(quote.LowUsd)} to {Say.Usd(quote.HighUsd)}: ftf approve {run.RunId}");
            }
        }

        foreach (CandidateView candidate in run.Candidates)
        {
            string state = CandidateLine.Of(candidate);
            if (_told.GetValueOrDefault(candidate.Record.Name) != state && candidate.Record.State != CandidateState.Waiting)
            {
                _told[candidate.Record.Name] = state;
                terminal.Line($"{at}  {candidate.Record.Name}: {state}");
            }
        }
    }
}
