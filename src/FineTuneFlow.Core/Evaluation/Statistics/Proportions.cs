namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>Intervals of shares.</summary>
internal static class Proportions
{
    /// <summary>E. B. Wilson's score interval, JASA 22, 1927; recommended over Wald's by Brown, Cai and DasGupta, Statistical
    /// Science 16, 2001. Null for no rows.</summary>
    public static Interval? Wilson(long successes, long rows, double alpha)
    {
        if (rows <= 0)
        {
            return null;
        }

        double z = Normal.Quantile(1 - (alpha / 2));
        double n = rows;
        double p = successes / n;
        double zz = z * z;
        double middle = (p + (zz / (2 * n))) / (1 + (zz / n));
        double half = z / (1 + (zz / n)) * Math.Sqrt((p * (1 - p) / n) + (zz / (4 * n * n)));

        // At none and at all successes the bound is 0 or 1 exactly, which rounding would miss by a hair.
        return new Interval(
            successes == 0 ? 0 : middle - half, successes == rows ? 1 : middle + half, IntervalMethod.Wilson);
    }

    /// <summary>Interval of one class's F1. Given the rows that either are or were called the class, the hits among them are
    /// binomial with share F* = tp / (tp + fp + fn), and F1 = 2 F* / (1 + F*) rises with it (Hand, Christen and Kirielle, "F*: an
    /// interpretable transformation of the F-measure", Machine Learning 110, 2021): so Wilson's bounds of F*, transformed.</summary>
    public static Interval? F1(long hits, long actual, long predicted, double alpha)
    {
        Interval? share = Wilson(hits, actual + predicted - hits, alpha);
        return share is null
            ? null
            : new Interval(2 * share.Low / (1 + share.Low), 2 * share.High / (1 + share.High), IntervalMethod.Wilson);
    }

    /// <summary>Interval of the difference of two shares on the same rows: D. G. Bonett and R. M. Price, "Adjusted Wald confidence
    /// interval for a difference of binomial proportions based on paired data", J. Educational and Behavioral Statistics 37, 2012.</summary>
    /// <param name="onlyFirst">Rows that only the first has right.</param>
    /// <param name="onlySecond">Rows that only the second has right.</param>
    /// <param name="rows">All rows.</param>
    /// <param name="alpha">Two-sided level.</param>
    public static Interval PairedDifference(long onlyFirst, long onlySecond, long rows, double alpha)
    {
        double z = Normal.Quantile(1 - (alpha / 2));
        double first = (onlyFirst + 1.0) / (rows + 2.0);
        double second = (onlySecond + 1.0) / (rows + 2.0);
        double difference = first - second;
        double half = z * Math.Sqrt((first + second - (difference * difference)) / (rows + 2.0));
        return new Interval(Math.Max(-1, difference - half), Math.Min(1, difference + half), IntervalMethod.BonettPrice);
    }
}
