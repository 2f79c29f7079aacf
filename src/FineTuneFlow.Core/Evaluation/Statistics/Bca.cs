namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>The bias-corrected and accelerated bootstrap interval: B. Efron, "Better bootstrap confidence intervals", JASA 82, 1987;
/// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, 14.3.</summary>
internal static class Bca
{
    /// <summary>Null where the replicates do not vary: the rows then show no spread to estimate an interval from.</summary>
    /// <param name="estimate">The statistic on the rows as they are.</param>
    /// <param name="replicates">The statistic on every resample; undefined ones as NaN.</param>
    /// <param name="acceleration">From <see cref="Acceleration"/>.</param>
    /// <param name="alpha">Two-sided level.</param>
    public static Interval? Interval(double estimate, ReadOnlySpan<double> replicates, double acceleration, double alpha)
    {
        double[] sorted = Defined(replicates);
        Array.Sort(sorted);
        if (sorted.Length < 20 || sorted.Length < replicates.Length / 2 || sorted[0] == sorted[^1] || !double.IsFinite(estimate))
        {
            return null;
        }

        double below = 0;
        foreach (double value in sorted)
        {
            below += value < estimate ? 1 : value == estimate ? 0.5 : 0;
        }

        double bias = Normal.Quantile(Math.Clamp(below / sorted.Length, 0.5 / sorted.Length, 1 - (0.5 / sorted.Length)));
        double a = double.IsFinite(acceleration) ? acceleration : 0;
        return new Interval(
            Percentile.Of(sorted, Level(Normal.Quantile(alpha / 2), bias, a)),
            Percentile.Of(sorted, Level(Normal.Quantile(1 - (alpha / 2)), bias, a)),
            IntervalMethod.Bca);
    }

    /// <summary>A sixth of the skewness of the jackknife's values (each left-out row's statistic, <paramref name="counts"/> rows
    /// alike).</summary>
    public static double Acceleration(ReadOnlySpan<double> leftOut, ReadOnlySpan<int> counts)
    {
        (double mean, double squares, double cubes) = Moments(leftOut, counts);
        return double.IsFinite(mean) && squares > 0 ? -cubes / (6 * Math.Pow(squares, 1.5)) : 0;
    }

    /// <summary>The jackknife's standard error.</summary>
    public static double StandardError(ReadOnlySpan<double> leftOut, ReadOnlySpan<int> counts)
    {
        long rows = 0;
        foreach (int count in counts)
        {
            rows += count;
        }

        return rows < 2 ? 0 : Math.Sqrt(Moments(leftOut, counts).Squares * (rows - 1) / rows);
    }

    /// <summary>Two-sided bootstrap p of "no difference": twice the share of replicates on the far side of zero, the observed sample
    /// counted in (Davison and Hinkley, Bootstrap Methods and their Application, 1997, 4.2). Where hardly any lies there, the share
    /// cannot say how small p is, and after correcting for many pairs nothing could ever be found: then the normal tail at the
    /// replicates' standard error. Replicates that do not vary have none, and only their share counts.</summary>
    public static double PValue(double estimate, ReadOnlySpan<double> replicates)
    {
        const int EnoughToCount = 10;
        double[] defined = Defined(replicates);
        if (defined.Length == 0)
        {
            return 1;
        }

        int far = Math.Min(defined.Count(value => value <= 0), defined.Count(value => value >= 0));
        double counted = Math.Min(1, 2.0 * (far + 1) / (defined.Length + 1));
        if (far >= EnoughToCount || defined.Min() == defined.Max())
        {
            return counted;
        }

        double mean = defined.Average();
        double error = Math.Sqrt(defined.Average(value => (value - mean) * (value - mean)));
        return Math.Min(counted, 2 * Normal.Cdf(-Math.Abs(estimate) / error));
    }

    private static (double Mean, double Squares, double Cubes) Moments(ReadOnlySpan<double> values, ReadOnlySpan<int> counts)
    {
        double sum = 0;
        double rows = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += counts[i] * values[i];
            rows += counts[i];
        }

        double mean = sum / rows;
        (double squares, double cubes) = (0, 0);
        for (int i = 0; i < values.Length; i++)
        {
            double off = values[i] - mean;
            squares += counts[i] * off * off;
            cubes += counts[i] * off * off * off;
        }

        return (mean, squares, cubes);
    }

    private static double Level(double z, double bias, double acceleration) =>
        Normal.Cdf(bias + ((bias + z) / (1 - (acceleration * (bias + z)))));

    private static double[] Defined(ReadOnlySpan<double> values)
    {
        var defined = new List<double>(values.Length);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                defined.Add(value);
            }
        }

        return [.. defined];
    }
}
