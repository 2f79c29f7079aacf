using System.Collections.Immutable;

namespace FineTuneFlow.Core.Costs;

/// <summary>What was quoted beside what was used, candidate by candidate.</summary>
public sealed record Reconciliation
{
    public required ImmutableArray<ReconciledCandidate> Candidates { get; init; }
    public required Estimate QuotedUsd { get; init; }
    public required double ActualUsd { get; init; }
    /// <summary>What this run has taught about the token estimate, for the next quote; null where nothing was counted.</summary>
    public TokenCalibration? Calibration { get; init; }

    /// <summary>Sets the costs beside the quote. Candidates that were not quoted or have not run are left out of the table, and
    /// their cost stays in the sum.</summary>
    /// <param name="quote">Before the run.</param>
    /// <param name="costs">After it, by candidate.</param>
    /// <param name="rows">Rows that were trained and asked, to weigh what was learned.</param>
    public static Reconciliation Of(Quote quote, IReadOnlyDictionary<string, CandidateCost> costs, long rows)
    {
        ImmutableArray<ReconciledCandidate> candidates =
        [
            .. from quoted in quote.Candidates
               where costs.ContainsKey(quoted.Name)
               let cost = costs[quoted.Name]
               select new ReconciledCandidate(
                   quoted.Name, quoted.TotalUsd, cost.TotalUsd, Place(cost.TotalUsd, quoted.TotalUsd), quoted.TrainingTokens, cost.TrainedTokens, quoted.PromptTokens, cost.EvaluationPromptTokens),
        ];
        return new Reconciliation
        {
            Candidates = candidates,
            QuotedUsd = quote.TotalUsd,
            ActualUsd = costs.Values.Sum(cost => cost.TotalUsd),
            Calibration = Learned(candidates, quote.Calibration, rows),
        };
    }

    /// <summary>From the evaluation's prompts only: trained tokens hold the service's choice of epochs as well.</summary>
    private static TokenCalibration? Learned(ImmutableArray<ReconciledCandidate> candidates, TokenCalibration? earlier, long rows)
    {
        var counted = candidates.Where(candidate => candidate is { PromptTokens: > 0, QuotedPromptTokens.Likely: > 0 }).ToArray();
        Estimate estimated = counted.Aggregate(Estimate.Zero, (sum, candidate) => sum + candidate.QuotedPromptTokens);
        TokenCalibration? seen = TokenCalibration.From(estimated, counted.Sum(candidate => candidate.PromptTokens!.Value), rows);
        // The quote was calibrated itself: what it was off by comes on top of what was known, or every second run would forget it.
        return seen is null || earlier is null ? seen : seen with { Factor = seen.Factor * earlier.Factor };
    }

    private static QuotePlace Place(double usd, Estimate quoted) =>
        // A cent more or less is nobody's surprise.
        usd < quoted.Low - 0.01 ? QuotePlace.Below : usd > quoted.High + 0.01 ? QuotePlace.Above : QuotePlace.Within;
}

/// <param name="Name">The candidate's.</param>
/// <param name="QuotedUsd">Before.</param>
/// <param name="ActualUsd">After.</param>
/// <param name="Place">Where the actual cost lies by the quoted range.</param>
/// <param name="QuotedTrainingTokens">Before.</param>
/// <param name="TrainedTokens">As the job told.</param>
/// <param name="QuotedPromptTokens">Of the evaluation, before.</param>
/// <param name="PromptTokens">Of the evaluation, as counted.</param>
public sealed record ReconciledCandidate(
    string Name,
    Estimate QuotedUsd,
    double ActualUsd,
    QuotePlace Place,
    Estimate QuotedTrainingTokens,
    long? TrainedTokens,
    Estimate QuotedPromptTokens,
    long? PromptTokens);

public enum QuotePlace { Below, Within, Above }
