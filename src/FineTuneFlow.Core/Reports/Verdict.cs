using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>Which model to use, by the recipe's promotion rule.</summary>
public sealed record Verdict
{
    public required VerdictKind Decision { get; init; }
    /// <summary>The candidate to promote, of whatever kind; null with another decision.</summary>
    public string? Candidate { get; init; }
    public string? Champion { get; init; }
    /// <summary>The best that may become champion and is neither chosen nor in use; null: there is none.</summary>
    public string? RunnerUp { get; init; }
    /// <summary>The decision in a few words: "Use linear: 73.3 %".</summary>
    public required string Headline { get; init; }
    /// <summary>The decision and its reason in one sentence.</summary>
    public required string Sentence { get; init; }
    /// <summary>What else the decider should know: a cheaper candidate that was not taken, rows still needed.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
    /// <summary>The score that was judged by.</summary>
    public required Score Score { get; init; }
    /// <summary>The more expensive model that the cheaper one is used instead of; null where the choice saves nothing.</summary>
    public string? InsteadOf { get; init; }
    /// <summary>How much lower than that one the cheaper one may be, in the score's unit, by the one-sided bound.</summary>
    public double? WorseAtMost { get; init; }
    /// <summary>Of the chosen candidate and the champion, the model it is used instead of, or the runner-up.</summary>
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
