using FineTuneFlow.Cli.Output;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Client;

/// <summary>Where a candidate stands, in a few words.</summary>
internal static class CandidateLine
{
    /// <summary>Without counts, so that it changes only when something has happened.</summary>
    public static string Of(CandidateView candidate) => candidate.Record switch
    {
        { State: CandidateState.Failed, Failure: { } failure } => $"failed: {failure.Message}",
        { State: CandidateState.Judged, Accuracy: { } accuracy } => $"judged, accuracy {Say.Percent(accuracy)}",
        { State: CandidateState.Training } => candidate.Progress?.State is { Length: > 0 } word ? $"training ({word})" : "training",
        var record => record.State.ToString().ToLowerInvariant(),
    };

    /// <summary>Share of the present work that is done, 0 to 1; null where it is not known.</summary>
    public static double? Share(CandidateView candidate) =>
        candidate.Progress is { Done: { } done, Total: > 0 and { } total } ? Math.Clamp((double)done / total, 0, 1) : null;
}
