using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Wilson's interval of a share.</summary>
public static class ShareInterval
{
    /// <param name="successes">From 0.</param>
    /// <param name="rows">From 1.</param>
    /// <param name="alpha">Two-sided level.</param>
    public static Interval Of(long successes, long rows, double alpha) =>
        Proportions.Wilson(successes, rows, alpha) ?? throw new ArgumentOutOfRangeException(nameof(rows), rows, "A share of no rows has no interval.");
}
