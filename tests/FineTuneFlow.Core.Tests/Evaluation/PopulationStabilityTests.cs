using System.Text.Json.Nodes;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Tests.Evaluation;

public sealed class PopulationStabilityTests
{
    [Fact]
    public void The_chi_square_tail_and_its_quantile_are_scipys()
    {
        JsonNode known = FixtureFile.Read("chi-square.json");

        foreach (JsonNode? one in known["tails"]!.AsArray())
        {
            double p = one![2]!.GetValue<double>();
            ChiSquare.Tail(one[0]!.GetValue<double>(), one[1]!.GetValue<int>()).ShouldBe(p, (1e-9 * p) + 1e-14, one.ToJsonString());
        }

        foreach (JsonNode? one in known["quantiles"]!.AsArray())
        {
            double x = one![2]!.GetValue<double>();
            ChiSquare.TailQuantile(one[0]!.GetValue<double>(), one[1]!.GetValue<int>()).ShouldBe(x, 1e-8 * x, one.ToJsonString());
        }
    }

    [Fact]
    public void The_index_and_its_p_value_are_those_of_the_definition_with_scipys_tail()
    {
        foreach (JsonNode? one in FixtureFile.Read("chi-square.json")["samples"]!.AsArray())
        {
            PopulationStability measure = PopulationStability.Of(Counts(one![0]!), Counts(one[1]!), 0.2, 0.01)!;

            measure.Index.ShouldBe(one[2]!.GetValue<double>(), 1e-12, one.ToJsonString());
            double p = one[3]!.GetValue<double>();
            measure.PValue.ShouldBe(p, (1e-9 * p) + 1e-14, one.ToJsonString());
        }

        static long[] Counts(JsonNode counts) => [.. counts.AsArray().Select(count => count!.GetValue<long>())];
    }

    [Fact]
    public void Alike_samples_have_no_index_and_others_the_sum_of_their_differences()
    {
        PopulationStability.Of([5000, 5000], [500, 500], 0.2, 0.01)!.Index.ShouldBe(0, 1e-3);

        // (0.7 - 0.5) ln(0.7 / 0.5) + (0.3 - 0.5) ln(0.3 / 0.5) = 0.169460
        PopulationStability shifted = PopulationStability.Of([500_000, 500_000], [700_000, 300_000], 0.2, 0.01)!;
        shifted.Index.ShouldBe(0.169460, 1e-5);
        shifted.PValue.ShouldBeLessThan(1e-10);
    }

    [Fact]
    public void The_test_keeps_its_level_where_nothing_has_drifted()
    {
        var random = new Random(1);
        int found = 0;
        for (int i = 0; i < 2000; i++)
        {
            long[] before = Draw(random, 2000);
            long[] now = Draw(random, 500);
            found += PopulationStability.Of(before, now, 0.2, 0.05)!.PValue < 0.05 ? 1 : 0;
        }

        (found / 2000.0).ShouldBeInRange(0.03, 0.07);
    }

    [Fact]
    public void Rows_needed_are_those_at_which_the_threshold_is_found_at_the_level()
    {
        long needed = PopulationStability.Of([1000, 1000, 1000], [10, 10, 10], 0.2, 0.01)!.RowsNeeded!.Value;

        (0.2 / ((1.0 / needed) + (1.0 / 3000))).ShouldBeGreaterThanOrEqualTo(ChiSquare.TailQuantile(0.01, 2) * 0.999);
        needed.ShouldBeInRange(40, 60);
        PopulationStability.Of([2, 2], [1000, 1000], 0.2, 0.01)!.RowsNeeded.ShouldBeNull();
    }

    [Fact]
    public void Nothing_asked_or_one_group_alone_says_nothing()
    {
        PopulationStability.Of([10, 10], [0, 0], 0.2, 0.01).ShouldBeNull();
        PopulationStability.Of([10, 0], [10, 0], 0.2, 0.01).ShouldBeNull();
    }

    private static long[] Draw(Random random, int rows)
    {
        var counts = new long[5];
        for (int i = 0; i < rows; i++)
        {
            counts[random.Next(10) switch { < 4 => 0, < 6 => 1, < 8 => 2, < 9 => 3, _ => 4 }]++;
        }

        return counts;
    }
}
