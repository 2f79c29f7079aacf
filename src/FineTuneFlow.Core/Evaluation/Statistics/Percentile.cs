namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>Percentiles interpolated linearly: R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American
/// Statistician 50, 1996, type 7 (the default of NumPy and R).</summary>
internal static class Percentile
{
    /// <param name="sorted">Ascending, at least one value.</param>
    /// <param name="level">0 to 1.</param>
    public static double Of(ReadOnlySpan<double> sorted, double level)
    {
        double place = Math.Clamp(level, 0, 1) * (sorted.Length - 1);
        int index = (int)place;
        return index + 1 < sorted.Length
            ? sorted[index] + ((place - index) * (sorted[index + 1] - sorted[index]))
            : sorted[^1];
    }
}
