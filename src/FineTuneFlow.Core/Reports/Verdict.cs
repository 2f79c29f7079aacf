using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>Which model to use, by the recipe's promotion rule.</summary>
public sealed record Verdict
{
    public required VerdictKind Decision { get; init; }
    /// <summary>The candidate to promote; null with another decision.</summary>
    public string? Candidate { get; init; }
    public string? Champion { get; init; }
    /// <summary>The decision and its reason in one sentence.</summary>
    public required string Sentence { get; init; }
    /// <summary>What else the decider should know: a cheaper candidate as good, a better baseline, rows still needed.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
    /// <summary>The score that was judged by.</summary>
    public required Score Score { get; init; }
    /// <summary>Of the best candidate and the champion (or the runner-up).</summary>
    public double? Difference { get; init; }
    public double? AdjustedPValue { get; init; }
    /// <summary>Holdout rows that this difference would need to be found.</summary>
    public double? RequiredRows { get; init; }
}

public enum VerdictKind
{
    Promote,
    /// <summary>Keep what there is: the champion, or nothing where there is none.</summary>
    Keep,
    NotEnoughData,
}
