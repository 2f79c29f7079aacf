namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>McNemar's test of two shares on the same rows (Psychometrika 12, 1947), in its exact binomial form.</summary>
internal static class McNemar
{
    /// <summary>Two-sided p: twice the smaller binomial tail of the rows on which only one of the two is right, at most 1.</summary>
    public static double PValue(long onlyFirst, long onlySecond)
    {
        long discordant = onlyFirst + onlySecond;
        long fewer = Math.Min(onlyFirst, onlySecond);

        // The tail is summed from its largest term downwards; each term follows from the one before.
        double term = 1;
        double sum = 1;
        for (long k = fewer; k > 0 && term > sum * 1e-17; k--)
        {
            term *= k / (double)(discordant - k + 1);
            sum += term;
        }

        double logLargest = LogFactorial(discordant) - LogFactorial(fewer) - LogFactorial(discordant - fewer) - (discordant * Math.Log(2));
        // Where both are level the two tails overlap, and twice the one is more than 1.
        return Math.Min(1, 2 * Math.Exp(logLargest + Math.Log(sum)));
    }

    /// <summary>Rows at which a two-sided test at <paramref name="alpha"/> would find this difference with probability
    /// <paramref name="power"/>: R. J. Connor, "Sample size for testing differences in proportions for the paired-sample design",
    /// Biometrics 43, 1987. Null where the difference is 0.</summary>
    public static double? RequiredRows(double shareOnlyFirst, double shareOnlySecond, double alpha, double power)
    {
        double discordant = shareOnlyFirst + shareOnlySecond;
        double difference = shareOnlyFirst - shareOnlySecond;
        if (difference == 0)
        {
            return null;
        }

        double root = (Normal.Quantile(1 - (alpha / 2)) * Math.Sqrt(discordant))
            + (Normal.Quantile(power) * Math.Sqrt(Math.Max(0, discordant - (difference * difference))));
        return Math.Ceiling(root * root / (difference * difference));
    }

    /// <summary>ln n!, by Stirling's series (Abramowitz and Stegun 6.1.41) from 16 on.</summary>
    internal static double LogFactorial(long n)
    {
        if (n < 16)
        {
            double product = 1;
            for (long i = 2; i <= n; i++)
            {
                product *= i;
            }

            return Math.Log(product);
        }

        double x = n;
        double inverse = 1 / x;
        double square = inverse * inverse;
        double series = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square / 1680))))));
        return (x * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI * x)) + series;
    }
}
