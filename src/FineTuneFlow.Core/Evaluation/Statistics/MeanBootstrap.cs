namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>Bootstrap of a mean, or of the mean of paired differences.</summary>
internal static class MeanBootstrap
{
    // Values nearer to each other than this share of their range are resampled as one group with their mean: the mean stays exact
    // and the variance left out is below (1/512)^2 / 12 of the range's square.
    private const int Groups = 512;

    /// <summary>The mean, its interval, its one-sided bounds and the replicates; the intervals are null where the values do not vary.</summary>
    public static (double Mean, Interval? Interval, Interval? OneSided, double[] Replicates) Run(ReadOnlySpan<double> values, ScoringOptions options)
    {
        (int[] counts, double[] means, double mean) = Group(values);
        if (values.Length < 2)
        {
            return (mean, null, null, []);
        }

        var resampler = new CellResampler(counts);
        var replicates = new double[options.Resamples];
        int rows = values.Length;
        Parallel.For(
            0,
            replicates.Length,
            () => new int[counts.Length],
            (r, _, weights) =>
            {
                var random = new RandomStream(options.Seed, (ulong)r);
                resampler.Draw(ref random, weights);
                double sum = 0;
                for (int i = 0; i < weights.Length; i++)
                {
                    sum += weights[i] * means[i];
                }

                replicates[r] = sum / rows;
                return weights;
            },
            _ => { });

        // Leaving out a row moves a mean by (mean - value) / (n - 1), and the acceleration does not depend on the scale.
        double[] leftOut = [.. means.Select(value => mean - value)];
        double acceleration = Bca.Acceleration(leftOut, counts);
        return (
            mean,
            Bca.Interval(mean, replicates, acceleration, options.Alpha),
            Bca.Interval(mean, replicates, acceleration, 2 * options.Alpha),
            replicates);
    }

    /// <summary>Standard deviation of the values, n - 1 in the denominator.</summary>
    public static double Deviation(ReadOnlySpan<double> values)
    {
        double mean = Sum(values) / values.Length;
        double squares = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return values.Length < 2 ? 0 : Math.Sqrt(squares / (values.Length - 1));
    }

    private static (int[] Counts, double[] Means, double Mean) Group(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            return ([], [], 0);
        }

        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (low == high)
        {
            // One group, so that rounding cannot make replicates differ where no value does.
            return ([values.Length], [low], low);
        }

        double mean = Sum(values) / values.Length;
        if (values.Length <= Groups)
        {
            int[] ones = new int[values.Length];
            Array.Fill(ones, 1);
            return (ones, values.ToArray(), mean);
        }

        double scale = (Groups - 1) / (high - low);
        int[] counts = new int[Groups];
        double[] sums = new double[Groups];
        foreach (double value in values)
        {
            int group = (int)((value - low) * scale);
            counts[group]++;
            sums[group] += value;
        }

        int[] used = [.. Enumerable.Range(0, Groups).Where(group => counts[group] > 0)];
        return ([.. used.Select(group => counts[group])], [.. used.Select(group => sums[group] / counts[group])], mean);
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }
}
