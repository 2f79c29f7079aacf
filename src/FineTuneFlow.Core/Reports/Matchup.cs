using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>What the paired comparison of two candidates says, as the first of them sees it. For scores of which more is better.</summary>
/// <param name="Pair">The comparison, the first candidate first; null where the two were not compared: nothing is then sure.</param>
/// <param name="Difference">First minus second.</param>
/// <param name="Score">What was compared by.</param>
/// <param name="Alpha">Level of the tests.</param>
internal sealed record Matchup(PairedComparison? Pair, double Difference, Score Score, double Alpha)
{
    // 0.70 - 0.71 is a hair more than a point below.
    private const double Rounding = 1e-9;

    public bool IsSurelyBetter => Pair is not null && Difference > 0 && Pair.AdjustedPValue < Alpha;

    public bool IsSurelyWorse => Pair is not null && Difference < 0 && Pair.AdjustedPValue < Alpha;

    /// <summary>How much lower the first may be, by the one-sided bound; 0 or more; null where they were not compared.</summary>
    public double? WorseAtMost => Pair is null ? null : Math.Max(0, -(Pair.OneSided?.Low ?? Difference));

    public bool IsSeenWithin(double margin) => Difference >= -margin - Rounding;

    /// <summary>Non-inferiority: the one-sided interval of the difference lies above minus the margin.</summary>
    public bool IsSurelyWithin(double margin) => Pair is not null && (Pair.OneSided?.Low ?? Difference) > -margin;

    /// <summary>"; a true difference of this size would need about 5,900 rows to be found".</summary>
    public string RowsNeeded(int have) => Pair?.RequiredRows is not { } needed
        ? ""
        : needed > have
            ? $"; a true difference of this size would need about {Formatting.Rows(needed)} rows to be found"
            : "; the holdout is large enough, the difference is at the edge";

    /// <summary>"+1.2 points, p = 0.78".</summary>
    public override string ToString() => Pair is null
        ? Formatting.Difference(Score, Difference)
        : $"{Formatting.Difference(Score, Difference)}, {Formatting.P(Pair.AdjustedPValue)}";
}
