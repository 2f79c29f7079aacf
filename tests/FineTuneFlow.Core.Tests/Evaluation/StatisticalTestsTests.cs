using System.Text.Json.Nodes;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Tests.Evaluation;

/// <summary>McNemar's test and Holm's correction as they come out of <see cref="Scorecard"/>, against statsmodels.</summary>
public sealed class StatisticalTestsTests
{
    private static readonly LabelSet Binary = new(["no", "yes"], Ordered: false, Good: []);
    private static readonly ScoringOptions Quick = new() { Resamples = 0, Slices = false };

    [Fact]
    public void McNemars_p_is_that_of_statsmodels()
    {
        foreach (JsonNode? known in FixtureFile.Read("tests.json")["mcnemar"]!.AsArray())
        {
            (int onlyFirst, int onlySecond) = ((int)known![0]!, (int)known[1]!);
            PairedComparison comparison = Compare(onlyFirst, onlySecond, both: 10);

            comparison.OnlyFirst.ShouldBe(onlyFirst);
            comparison.OnlySecond.ShouldBe(onlySecond);
            comparison.PValue.ShouldBe((double)known[2]!, 1e-9 + ((double)known[2]! * 1e-7), known.ToJsonString());
        }
    }

    [Fact]
    public void Wilsons_interval_is_that_of_statsmodels()
    {
        foreach (JsonNode? known in FixtureFile.Read("tests.json")["wilson"]!.AsArray())
        {
            Interval interval = Proportions.Wilson((int)known![0]!, (int)known[1]!, (double)known[2]!)!;

            interval.Low.ShouldBe((double)known[3]!, 1e-9, known.ToJsonString());
            interval.High.ShouldBe((double)known[4]!, 1e-9, known.ToJsonString());
        }
    }

    [Fact]
    public void A_comparison_turned_is_what_the_other_order_gives()
    {
        PairedComparison one = Compare(60, 40, both: 400);
        PairedComparison other = Compare(40, 60, both: 400);

        PairedComparison turned = one.Turned();

        (turned.First, turned.Second, turned.OnlyFirst, turned.OnlySecond).ShouldBe((one.Second, one.First, other.OnlyFirst, other.OnlySecond));
        turned.Difference.ShouldBe(other.Difference, 1e-12);
        turned.OddsRatio!.Value.ShouldBe(other.OddsRatio!.Value, 1e-12);
        turned.EffectSize!.Value.ShouldBe(other.EffectSize!.Value, 1e-12);
        (turned.Interval!.Low, turned.Interval.High).ShouldBe((other.Interval!.Low, other.Interval.High));
        turned.PValue.ShouldBe(other.PValue);
    }

    [Fact]
    public void The_interval_of_a_paired_difference_agrees_with_the_test_where_rows_are_many()
    {
        for (int extra = 0; extra <= 120; extra += 5)
        {
            PairedComparison comparison = Compare(400 + extra, 400, both: 1200);
            bool apart = !comparison.Interval!.Contains(0);

            if (comparison.PValue < 0.04)
            {
                apart.ShouldBeTrue($"{extra}: p = {comparison.PValue}");
            }
            else if (comparison.PValue > 0.065)
            {
                apart.ShouldBeFalse($"{extra}: p = {comparison.PValue}");
            }
        }
    }

    [Fact]
    public void Required_rows_give_the_power_they_promise()
    {
        PairedComparison comparison = Compare(60, 40, both: 400);
        int needed = (int)comparison.RequiredRows!.Value;
        var random = new Random(7);
        int found = 0;
        const int Trials = 400;
        for (int trial = 0; trial < Trials; trial++)
        {
            (int first, int second) = (0, 0);
            for (int row = 0; row < needed; row++)
            {
                double u = random.NextDouble();
                first += u < 0.12 ? 1 : 0;
                second += u is >= 0.12 and < 0.20 ? 1 : 0;
            }

            found += Compare(first, second, both: 0).PValue < 0.05 ? 1 : 0;
        }

        (found / (double)Trials).ShouldBeInRange(0.72, 0.88);
    }

    [Fact]
    public void Holms_correction_is_that_of_statsmodels()
    {
        foreach (JsonNode? known in FixtureFile.Read("tests.json")["holm"]!.AsArray())
        {
            double[] raw = [.. known![0]!.AsArray().Select(p => (double)p!)];
            double[] expected = [.. known[1]!.AsArray().Select(p => (double)p!)];

            MultipleTests.Holm(raw).Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-9);
        }
    }

    private static PairedComparison Compare(int onlyFirst, int onlySecond, int both)
    {
        int rows = onlyFirst + onlySecond + both + 1;
        DatasetRow[] holdout = [.. Enumerable.Range(0, rows).Select(i => new DatasetRow($"{i:D6}", "t", "yes"))];
        Prediction[] first = [.. holdout.Select((row, i) => Said(row.Id, i < onlyFirst + both))];
        Prediction[] second = [.. holdout.Select((row, i) => Said(row.Id, i >= onlyFirst && i < onlyFirst + both + onlySecond))];
        return Scorecard.Of(Binary, holdout, [new("first", first), new("second", second)], Quick).Comparisons
            .Single(comparison => comparison.Score == Score.Accuracy);
    }

    private static Prediction Said(string id, bool right) => new() { Id = id, Label = right ? "yes" : "no" };
}
