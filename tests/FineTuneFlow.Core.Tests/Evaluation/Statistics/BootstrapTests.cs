using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Tests.Evaluation.Statistics;

/// <summary>When there is nothing to estimate an interval from, and what a resample of rows is.</summary>
public sealed class BootstrapTests
{
    private static readonly double[] Twenty = [.. Enumerable.Range(0, 20).Select(i => i / 10.0)];

    [Fact]
    public void An_interval_needs_twenty_replicates_that_differ()
    {
        Bca.Interval(1, Twenty, 0, 0.05).ShouldNotBeNull();
        Bca.Interval(1, Twenty.AsSpan(1), 0, 0.05).ShouldBeNull();
        Bca.Interval(1, Enumerable.Repeat(1.0, 100).ToArray(), 0, 0.05).ShouldBeNull();
    }

    [Fact]
    public void Half_of_the_replicates_must_be_defined()
    {
        double[] half = [.. Twenty, .. Enumerable.Repeat(double.NaN, 20)];
        double[] less = [.. Twenty, .. Enumerable.Repeat(double.NaN, 22)];

        Bca.Interval(1, half, 0, 0.05).ShouldBe(Bca.Interval(1, Twenty, 0, 0.05));
        Bca.Interval(1, less, 0, 0.05).ShouldBeNull();
    }

    [Fact]
    public void A_statistic_that_is_not_defined_has_no_interval()
    {
        Bca.Interval(double.NaN, Twenty, 0, 0.05).ShouldBeNull();
        Bca.Interval(double.PositiveInfinity, Twenty, 0, 0.05).ShouldBeNull();
        // An acceleration that is not: the interval without it.
        Bca.Interval(1, Twenty, double.NaN, 0.05).ShouldBe(Bca.Interval(1, Twenty, 0, 0.05));
    }

    [Fact]
    public void A_statistic_beyond_all_replicates_keeps_a_finite_interval()
    {
        Interval above = Bca.Interval(100, Twenty, 0, 0.05)!;
        Interval below = Bca.Interval(-100, Twenty, 0, 0.05)!;

        (above.Low, above.High).ShouldSatisfyAllConditions(pair => pair.Low.ShouldBeInRange(1.5, 1.9), pair => pair.High.ShouldBe(1.9, 1e-6));
        (below.Low, below.High).ShouldSatisfyAllConditions(pair => pair.Low.ShouldBe(0, 1e-6), pair => pair.High.ShouldBeInRange(0, 0.4));
    }

    [Fact]
    public void One_replicate_that_differs_is_a_spread()
    {
        double[] lower = [0, .. Enumerable.Repeat(1.0, 99)];
        double[] higher = [.. Enumerable.Repeat(1.0, 99), 2];

        Bca.Interval(1, lower, 0, 0.05).ShouldNotBeNull();
        Bca.Interval(1, higher, 0, 0.05).ShouldNotBeNull();
    }

    [Fact]
    public void A_statistic_beyond_all_replicates_counts_as_half_a_replicate_inside()
    {
        // Half of twenty is a share of 0.025, whose quantile is that of alpha / 2: the far bound is the percentile of 0.025, which
        // lies at 0.475 of the nineteen steps of 0.1.
        Bca.Interval(-100, Twenty, 0, 0.05)!.High.ShouldBe(0.0475, 1e-12);
        Bca.Interval(100, Twenty, 0, 0.05)!.Low.ShouldBe(1.8525, 1e-12);
    }

    [Fact]
    public void No_spread_between_rows_means_no_acceleration_and_no_error()
    {
        Bca.Acceleration([0.5, 0.5], [3, 4]).ShouldBe(0);
        Bca.Acceleration([], []).ShouldBe(0);
        Bca.StandardError([0.5], [1]).ShouldBe(0);
        Bca.StandardError([], []).ShouldBe(0);
        // Two rows 0 and 1: the standard error of their mean is a half.
        Bca.StandardError([1.0, 0.0], [1, 1]).ShouldBe(0.5, 1e-12);
    }

    [Fact]
    public void Replicates_that_are_not_defined_count_for_nothing_in_p()
    {
        Bca.PValue(1, []).ShouldBe(1);
        Bca.PValue(1, [double.NaN, double.NegativeInfinity]).ShouldBe(1);
        double[] some = [.. Enumerable.Repeat(-1.0, 15), .. Enumerable.Repeat(1.0, 84)];
        Bca.PValue(0.7, [.. some, double.NaN, double.PositiveInfinity]).ShouldBe(Bca.PValue(0.7, some));
        // (15 + 1) / (99 + 1), twice.
        Bca.PValue(0.7, some).ShouldBe(0.32, 1e-12);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.7)]
    [InlineData(-1e-3)]
    [InlineData(1 / 3.0)]
    public void Replicates_that_are_all_alike_are_counted_whatever_rounding_makes_of_their_spread(double value)
    {
        for (int count = 39; count < 139; count++)
        {
            Bca.PValue(value, Enumerable.Repeat(value, count).ToArray()).ShouldBe(2.0 / (count + 1), 1e-15, $"{count}");
        }
    }

    [Fact]
    public void A_spread_that_is_small_beside_the_difference_is_still_measured()
    {
        // 0, 1 and 3 around 1e8: a variance of (0 + 1 + 9) / 3 less (4 / 3)^2, that is 14 / 9. Four standard errors are 4 sqrt(14) / 3.
        double[] replicates = [.. Enumerable.Range(0, 999).Select(i => 1e8 + (i % 3) + (i % 3 / 2))];

        // scipy: 2 * norm.sf(4).
        Bca.PValue(4 * Math.Sqrt(14) / 3, replicates).ShouldBe(6.334248366623996e-05, 1e-12);
    }

    [Fact]
    public void Values_that_are_all_alike_have_no_interval_and_every_resample_has_their_mean()
    {
        // Sums of 0.1 round differently by their order and weights, which is no spread.
        foreach (int count in new[] { 60, 600 })
        {
            (double mean, Interval? interval, Interval? oneSided, double[] replicates) =
                MeanBootstrap.Run(Enumerable.Repeat(0.1, count).ToArray(), new ScoringOptions { Resamples = 100 });

            mean.ShouldBe(0.1);
            (interval, oneSided).ShouldBe((null, null));
            replicates.ShouldAllBe(value => Math.Abs(value - 0.1) < 1e-15);
            Bca.PValue(mean, replicates).ShouldBe(2 / 101.0, 1e-15);
        }
    }

    [Fact]
    public void A_deviation_far_from_zero_keeps_its_digits()
    {
        // 0, 1 and 3: squares of 10, less 16 / 3 for their mean, over 2.
        MeanBootstrap.Deviation([1e9, 1e9 + 1, 1e9 + 3]).ShouldBe(Math.Sqrt(7 / 3.0), 1e-6);
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1, 1 })]
    [InlineData(new[] { 500, 300, 200 })]
    [InlineData(new[] { 24, 0, 12 })]
    public void A_resample_has_as_many_rows_and_each_group_its_share(int[] counts)
    {
        const int Resamples = 4000;
        var resampler = new CellResampler(counts);
        int rows = counts.Sum();
        var random = new RandomStream(3, 9);
        long[] sums = new long[counts.Length];
        double[] squares = new double[counts.Length];
        int[] drawn = new int[counts.Length];
        for (int i = 0; i < Resamples; i++)
        {
            resampler.Draw(ref random, drawn);
            drawn.Sum().ShouldBe(rows);
            for (int cell = 0; cell < counts.Length; cell++)
            {
                sums[cell] += drawn[cell];
                squares[cell] += (double)drawn[cell] * drawn[cell];
            }
        }

        resampler.Cells.ShouldBe(counts.Length);
        for (int cell = 0; cell < counts.Length; cell++)
        {
            double share = counts[cell] / (double)rows;
            double mean = sums[cell] / (double)Resamples;
            double variance = (squares[cell] / Resamples) - (mean * mean);
            double expected = rows * share * (1 - share);
            mean.ShouldBe(counts[cell], 5 * Math.Sqrt(expected / Resamples) + 1e-9);
            variance.ShouldBe(expected, 0.15 * expected + 1e-9);
        }
    }

    [Fact]
    public void A_mean_of_many_values_in_groups_is_the_mean_and_spreads_as_the_values_do()
    {
        // 0 to 9, 200 of each: standard error of the mean sqrt(8.25 / 2000) = 0.0642.
        double[] values = [.. Enumerable.Range(0, 2000).Select(i => (double)(i % 10))];

        (double mean, Interval? interval, Interval? oneSided, double[] replicates) = MeanBootstrap.Run(values, new ScoringOptions { Resamples = 2000 });

        mean.ShouldBe(4.5, 1e-12);
        replicates.Average().ShouldBe(4.5, 0.01);
        Math.Sqrt(replicates.Average(r => (r - 4.5) * (r - 4.5))).ShouldBe(0.0642, 0.004);
        (interval!.High - interval.Low).ShouldBe(2 * 1.96 * 0.0642, 0.015);
        (oneSided!.High - oneSided.Low).ShouldBe(2 * 1.645 * 0.0642, 0.015);
        MeanBootstrap.Deviation(values).ShouldBe(Math.Sqrt(8.25 * 2000 / 1999), 1e-9);
    }

    [Fact]
    public void A_skewed_mean_has_a_skewed_interval()
    {
        double[] values = [.. Enumerable.Repeat(0.0, 45), .. Enumerable.Repeat(1.0, 4), 30];

        Interval interval = MeanBootstrap.Run(values, new ScoringOptions { Resamples = 2000 }).Interval!;

        // scipy.stats.bootstrap (BCa, 20,000 resamples) gives 0.06 to 3.68: the mean is 0.68.
        interval.Low.ShouldBeInRange(0.05, 0.09);
        interval.High.ShouldBeInRange(2.9, 4.3);
    }

    [Fact]
    public void Without_resamples_or_with_one_value_there_is_a_mean_alone()
    {
        MeanBootstrap.Run([1, 2, 6], new ScoringOptions { Resamples = 0 }).ShouldSatisfyAllConditions(
            result => result.Mean.ShouldBe(3), result => result.Interval.ShouldBeNull(), result => result.OneSided.ShouldBeNull(), result => result.Replicates.ShouldBeEmpty());
        MeanBootstrap.Run([5], new ScoringOptions { Resamples = 100 }).ShouldSatisfyAllConditions(
            result => result.Mean.ShouldBe(5), result => result.Interval.ShouldBeNull(), result => result.Replicates.ShouldBeEmpty());
        MeanBootstrap.Run([], new ScoringOptions { Resamples = 100 }).Mean.ShouldBe(0);
        MeanBootstrap.Deviation([4]).ShouldBe(0);
        MeanBootstrap.Deviation([1, 2]).ShouldBe(Math.Sqrt(0.5), 1e-12);
    }
}
