using System.Text.Json.Nodes;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Tests.Evaluation.Statistics;

/// <summary>A seed's draws, one by one, against implementations of the published algorithms in Python
/// (<c>Fixtures/generate_resampling.py</c>): the report of the same rows is the same on every day and machine.</summary>
public sealed class PinnedResamplingTests
{
    private static readonly JsonNode Known = FixtureFile.Read("resampling.json");

    [Fact]
    public void Binomial_draws_of_a_seed_are_those_of_the_published_algorithms()
    {
        foreach (JsonNode? known in Known["binomials"]!.AsArray())
        {
            (int trials, double chance) = ((int)known![0]!, (double)known[1]!);
            var random = new RandomStream((ulong)known[2]!, (ulong)known[3]!);
            // A draw that is rejected or accepted wrongly moves all that follow it, so only those after many others are compared.
            for (int i = 0; i < (int)known[4]!; i++)
            {
                Binomial.Draw(ref random, trials, chance);
            }

            foreach (JsonNode? expected in known[5]!.AsArray())
            {
                Binomial.Draw(ref random, trials, chance).ShouldBe((int)expected!, $"{trials} trials of {chance}");
            }
        }
    }

    [Fact]
    public void Resamples_of_a_seed_are_drawn_by_rows_where_cells_are_small_and_else_from_the_largest_cell_on()
    {
        foreach (JsonNode? known in Known["resamples"]!.AsArray())
        {
            int[] counts = Whole(known![0]!);
            var resampler = new CellResampler(counts);
            var random = new RandomStream((ulong)known[1]!, (ulong)known[2]!);
            int[] drawn = new int[counts.Length];
            for (int i = 0; i < (int)known[3]!; i++)
            {
                resampler.Draw(ref random, drawn);
            }

            foreach (JsonNode? expected in known[4]!.AsArray())
            {
                resampler.Draw(ref random, drawn);
                drawn.ShouldBe(Whole(expected!), known[0]!.ToJsonString());
            }
        }
    }

    [Fact]
    public void Means_of_a_seeds_resamples_and_their_intervals_are_those_of_scipy_for_the_same_draws()
    {
        foreach (JsonNode? known in Known["means"]!.AsArray())
        {
            string kind = (string)known!["kind"]!;
            int count = (int)known["count"]!;
            double[] values = [.. Enumerable.Range(0, count).Select(i => kind == "spread" ? (i * i % 997 / 8.0) - 20 : i % 10)];
            double[] expected = [.. known["replicates"]!.AsArray().Select(value => (double)value!)];
            var options = new ScoringOptions { Seed = (ulong)known["seed"]!, Resamples = expected.Length, Alpha = (double)known["alpha"]! };

            (double mean, Interval? interval, Interval? oneSided, double[] replicates) = MeanBootstrap.Run(values, options);

            string which = $"{count} values, {kind}";
            mean.ShouldBe((double)known["mean"]!, 1e-12, which);
            replicates.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-12, which);
            Near(interval, known["low"], known["high"], which);
            Near(oneSided, known["oneSidedLow"], known["oneSidedHigh"], which);
        }
    }

    private static void Near(Interval? interval, JsonNode? low, JsonNode? high, string which)
    {
        if (low is null)
        {
            interval.ShouldBeNull(which);
            return;
        }

        interval!.Low.ShouldBe((double)low, 1e-9, which);
        interval.High.ShouldBe((double)high!, 1e-9, which);
    }

    private static int[] Whole(JsonNode numbers) => [.. numbers.AsArray().Select(number => (int)number!)];
}
