using System.Text.Json.Nodes;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Tests.Evaluation.Statistics;

/// <summary>What intervals and tests are made of, against figures of scipy for the same fixed replicates
/// (<c>Fixtures/generate_statistics.py</c>).</summary>
public sealed class StatisticsAgainstScipyTests
{
    private static readonly JsonNode Known = FixtureFile.Read("statistics.json");

    [Fact]
    public void Bca_intervals_of_fixed_replicates_are_those_of_scipy()
    {
        foreach (JsonNode? known in Known["bca"]!.AsArray())
        {
            double[] leftOut = Numbers(known!["leftOut"]!);
            int[] ones = [.. leftOut.Select(_ => 1)];
            double acceleration = Bca.Acceleration(leftOut, ones);

            Interval interval = Bca.Interval(Number(known, "estimate"), Numbers(known["replicates"]!), acceleration, Number(known, "alpha"))!;

            acceleration.ShouldBe(Number(known, "acceleration"), 1e-12);
            Bca.StandardError(leftOut, ones).ShouldBe(Number(known, "standardError"), 1e-12);
            interval.Low.ShouldBe(Number(known, "low"), 1e-9, $"alpha {Number(known, "alpha")}");
            interval.High.ShouldBe(Number(known, "high"), 1e-9, $"alpha {Number(known, "alpha")}");
            interval.Method.ShouldBe(IntervalMethod.Bca);
        }
    }

    [Fact]
    public void Rows_that_are_alike_may_be_counted_instead_of_listed()
    {
        foreach (JsonNode? known in Known["bca"]!.AsArray())
        {
            IGrouping<double, double>[] alike = [.. Numbers(known!["leftOut"]!).GroupBy(value => value)];

            Bca.Acceleration([.. alike.Select(group => group.Key)], [.. alike.Select(group => group.Count())]).ShouldBe(Number(known, "acceleration"), 1e-12);
            Bca.StandardError([.. alike.Select(group => group.Key)], [.. alike.Select(group => group.Count())]).ShouldBe(Number(known, "standardError"), 1e-12);
        }
    }

    [Fact]
    public void Bootstrap_p_values_of_fixed_replicates_are_shares_and_from_few_the_normal_tail()
    {
        foreach (JsonNode? known in Known["pValues"]!.AsArray())
        {
            double p = (double)known![2]!;
            Bca.PValue((double)known[0]!, Numbers(known[1]!)).ShouldBe(p, (1e-9 * p) + 1e-40, $"estimate {known[0]}");
        }
    }

    [Fact]
    public void The_normal_distribution_and_its_quantiles_are_scipys()
    {
        foreach (JsonNode? known in Known["cdf"]!.AsArray())
        {
            double p = (double)known![1]!;
            Normal.Cdf((double)known[0]!).ShouldBe(p, 2e-8 * p, $"z = {known[0]}");
            Normal.Cdf((double)known[0]!).ShouldBe(p, 1e-14, $"z = {known[0]}");
        }

        foreach (JsonNode? known in Known["quantiles"]!.AsArray())
        {
            Normal.Quantile((double)known![0]!).ShouldBe((double)known[1]!, 1e-13 * (1 + Math.Abs((double)known[1]!)), $"p = {known[0]}");
        }

        (Normal.Cdf(38), Normal.Cdf(-38)).ShouldBe((1, 0));
    }

    [Fact]
    public void Percentiles_are_interpolated_as_NumPy_does()
    {
        double[] values = Numbers(Known["percentiles"]![0]!);
        foreach (JsonNode? known in Known["percentiles"]![1]!.AsArray())
        {
            Percentile.Of(values, (double)known![0]!).ShouldBe((double)known[1]!, 1e-12, $"level {known[0]}");
        }

        Percentile.Of(values, -0.1).ShouldBe(values[0]);
        Percentile.Of(values, 1.1).ShouldBe(values[^1]);
        Percentile.Of([3], 0.5).ShouldBe(3);
    }

    [Fact]
    public void McNemars_p_is_the_binomial_tests_also_where_one_side_is_empty_or_both_are_level()
    {
        foreach (JsonNode? known in Known["mcnemar"]!.AsArray())
        {
            double p = (double)known![2]!;
            McNemar.PValue((int)known[0]!, (int)known[1]!).ShouldBe(p, 1e-9 * p, known.ToJsonString());
        }
    }

    [Fact]
    public void Intervals_of_shares_and_of_paired_differences_are_those_of_their_papers()
    {
        foreach (JsonNode? known in Known["wilson"]!.AsArray())
        {
            Near(Proportions.Wilson((int)known![0]!, (int)known[1]!, (double)known[2]!)!, known[3]!, known[4]!, IntervalMethod.Wilson, known);
        }

        foreach (JsonNode? known in Known["pairedDifference"]!.AsArray())
        {
            Near(Proportions.PairedDifference((int)known![0]!, (int)known[1]!, (int)known[2]!, (double)known[3]!), known[4]!, known[5]!, IntervalMethod.BonettPrice, known);
        }

        foreach (JsonNode? known in Known["f1"]!.AsArray())
        {
            (int hits, int wrong, int missed) = ((int)known![0]!, (int)known[1]!, (int)known[2]!);
            Near(Proportions.F1(hits, hits + missed, hits + wrong, (double)known[3]!)!, known[4]!, known[5]!, IntervalMethod.Wilson, known);
        }

        Proportions.Wilson(0, 0, 0.05).ShouldBeNull();
        Proportions.F1(0, 0, 0, 0.05).ShouldBeNull();
        // None and all are bounds that rounding must not miss: a share of exactly 1 lies in its interval.
        Proportions.Wilson(0, 7, 0.05)!.Low.ShouldBe(0);
        Proportions.Wilson(7, 7, 0.05)!.High.ShouldBe(1);
        for (int rows = 1; rows <= 60; rows++)
        {
            Proportions.Wilson(0, rows, 0.05)!.Low.ShouldBe(0, $"none of {rows}");
            Proportions.Wilson(rows, rows, 0.05)!.High.ShouldBe(1, $"{rows} of {rows}");
        }
    }

    [Fact]
    public void Rows_that_a_difference_needs_are_Connors()
    {
        foreach (JsonNode? known in Known["requiredRows"]!.AsArray())
        {
            McNemar.RequiredRows((double)known![0]!, (double)known[1]!, (double)known[2]!, (double)known[3]!).ShouldBe((double)known[4]!, known.ToJsonString());
        }

        McNemar.RequiredRows(0.1, 0.1, 0.05, 0.8).ShouldBeNull();
    }

    [Fact]
    public void Logarithms_of_factorials_are_the_gamma_functions()
    {
        foreach (JsonNode? known in Known["logFactorials"]!.AsArray())
        {
            double expected = (double)known![1]!;
            McNemar.LogFactorial((long)known[0]!).ShouldBe(expected, 1e-13 * Math.Max(1, expected), known.ToJsonString());
        }
    }

    [Fact]
    public void Random_streams_are_xoshiro256_starstar()
    {
        foreach (JsonNode? known in Known["random"]!.AsArray())
        {
            ulong[] numbers = [.. known![2]!.AsArray().Select(number => ulong.Parse((string)number!))];
            var doubles = new RandomStream((ulong)known[0]!, (ulong)known[1]!);
            var whole = new RandomStream((ulong)known[0]!, (ulong)known[1]!);
            foreach (ulong number in numbers)
            {
                doubles.NextDouble().ShouldBe(number / 2048 / 9007199254740992.0);
                whole.NextInt(1000).ShouldBe((int)((UInt128)(number >> 32) * 1000 >> 32));
            }
        }
    }

    [Fact]
    public void Binomial_draws_follow_the_binomial_distribution()
    {
        const int Draws = 30_000;
        foreach (JsonNode? known in Known["binomials"]!.AsArray())
        {
            (int trials, double chance) = ((int)known![0]!, (double)known[1]!);
            double[] mass = Numbers(known[2]!);
            int[] seen = new int[trials + 1];
            var random = new RandomStream(7, (ulong)trials);
            for (int i = 0; i < Draws; i++)
            {
                seen[Binomial.Draw(ref random, trials, chance)]++;
            }

            // Pearson's statistic over the values that are expected ten times or more: its mean is the number of them less one.
            int[] usual = [.. Enumerable.Range(0, trials + 1).Where(k => mass[k] * Draws >= 10)];
            double statistic = usual.Sum(k => (seen[k] - (mass[k] * Draws)) * (seen[k] - (mass[k] * Draws)) / (mass[k] * Draws));
            ChiSquare.Tail(statistic, usual.Length).ShouldBeGreaterThan(1e-3, $"{trials} trials of {chance}: {statistic:0.0} for {usual.Length} values");
            Enumerable.Range(0, trials + 1).Except(usual).Sum(k => seen[k]).ShouldBeLessThan(200);
        }
    }

    [Fact]
    public void Certain_draws_draw_nothing()
    {
        var random = new RandomStream(1, 0);
        var untouched = new RandomStream(1, 0);

        Binomial.Draw(ref random, 0, 0.5).ShouldBe(0);
        Binomial.Draw(ref random, 10, 0).ShouldBe(0);
        Binomial.Draw(ref random, 10, 1).ShouldBe(10);

        random.NextDouble().ShouldBe(untouched.NextDouble());
    }

    private static void Near(Interval interval, JsonNode low, JsonNode high, IntervalMethod method, JsonNode known)
    {
        interval.Low.ShouldBe((double)low, 1e-12, known.ToJsonString());
        interval.High.ShouldBe((double)high, 1e-12, known.ToJsonString());
        interval.Method.ShouldBe(method);
    }

    private static double Number(JsonNode node, string name) => (double)node[name]!;

    private static double[] Numbers(JsonNode node) => [.. node.AsArray().Select(number => (double)number!)];
}
