using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Tests.Evaluation;

/// <summary>A 95 % interval must hold the true value in about 95 of 100 samples: drawn from a population whose true scores are known.</summary>
public sealed class CoverageTests(ITestOutputHelper output)
{
    private const int Samples = 300;
    private const int RowsPerSample = 250;

    private static readonly LabelSet Stars = new(["1", "2", "3"], Ordered: true, Good: ["3"]);

    // Truth by row, answers of two candidates by probability; the rows sum to the classes' shares.
    private static readonly double[] Shares = [0.5, 0.2, 0.3];
    private static readonly double[][] First = [[0.8, 0.15, 0.05], [0.3, 0.5, 0.2], [0.05, 0.15, 0.8]];
    private static readonly double[][] Second = [[0.7, 0.2, 0.1], [0.3, 0.45, 0.25], [0.1, 0.2, 0.7]];

    [Fact]
    public void Intervals_hold_the_true_value_as_often_as_they_say()
    {
        var options = new ScoringOptions { Resamples = 300, Slices = true };
        var (first, second) = (Population(First), Population(Second));
        var held = new Dictionary<string, int>();
        var random = new Random(1);
        for (int sample = 0; sample < Samples; sample++)
        {
            Scorecard card = Sample(random, options with { Seed = (ulong)sample });
            foreach (Score score in Enum.GetValues<Score>().Where(score => first.ContainsKey(score)))
            {
                Count(score.JsonName(), card.Metrics[0].Intervals[score.JsonName()], first[score]);
                Count("difference of " + score.JsonName(), card.Comparisons.Single(pair => pair.Score == score).Interval!, first[score] - second[score]);
            }

            // The slice by script holds all rows here, so that its true scores are the population's.
            SliceMetrics slice = card.Metrics[0].Slices.Single(slice => slice.Column == "script");
            foreach ((string name, Interval interval) in slice.Intervals.Where(entry => entry.Key != Score.ExpectedCalibrationError.JsonName()))
            {
                Count($"{name} of a slice", interval, first.Single(entry => entry.Key.JsonName() == name).Value);
            }

            for (int label = 0; label < Shares.Length; label++)
            {
                ClassMetrics scores = card.Metrics[0].Classes[label];
                double predicted = Enumerable.Range(0, Shares.Length).Sum(truth => Shares[truth] * First[truth][label]);
                double hit = Shares[label] * First[label][label];
                Count($"precision of {scores.Label}", scores.PrecisionInterval!, hit / predicted);
                Count($"recall of {scores.Label}", scores.RecallInterval!, First[label][label]);
                Count($"F1 of {scores.Label}", scores.F1Interval!, 2 * hit / (Shares[label] + predicted));
            }
        }

        foreach ((string name, int count) in held.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{name}: {count / (double)Samples:P1}");
            // 300 samples of a true 95 % lie within 91 and 98.6 % (four standard errors) nearly always.
            (count / (double)Samples).ShouldBeInRange(0.90, 0.99, name);
        }

        void Count(string name, Interval interval, double truth) =>
            held[name] = held.GetValueOrDefault(name) + (interval.Contains(truth) ? 1 : 0);
    }

    private static Scorecard Sample(Random random, ScoringOptions options)
    {
        var holdout = new DatasetRow[RowsPerSample];
        var (first, second) = (new Prediction[RowsPerSample], new Prediction[RowsPerSample]);
        for (int i = 0; i < RowsPerSample; i++)
        {
            int truth = Draw(random, Shares);
            holdout[i] = new DatasetRow($"{i:D4}", "text", Stars.Names[truth]);
            first[i] = Answer(holdout[i].Id, Draw(random, First[truth]));
            second[i] = Answer(holdout[i].Id, Draw(random, Second[truth]));
        }

        return Scorecard.Of(Stars, holdout, [new("first", first), new("second", second)], options);
    }

    // Every answer comes with the same spread around it, so that the true log loss and Brier score are known too.
    private static Prediction Answer(string id, int label) => new()
    {
        Id = id,
        Label = Stars.Names[label],
        Probabilities = Stars.Names.Select((name, i) => KeyValuePair.Create(name, i == label ? 0.7 : 0.15)).ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    private static Dictionary<Score, double> Population(double[][] answers)
    {
        double[][] joint = [.. answers.Select((row, truth) => row.Select(p => p * Shares[truth]).ToArray())];
        double Sum(Func<int, int, double> value) => Enumerable.Range(0, 3).Sum(t => Enumerable.Range(0, 3).Sum(p => joint[t][p] * value(t, p)));
        double F1(int label) => 2 * joint[label][label] / (Shares[label] + joint.Sum(row => row[label]));
        double right = Sum((t, p) => t == p ? 1 : 0);
        return new Dictionary<Score, double>
        {
            [Score.Accuracy] = right,
            [Score.OneOffAccuracy] = Sum((t, p) => Math.Abs(t - p) <= 1 ? 1 : 0),
            [Score.GoodVersusBad] = Sum((t, p) => (t == 2) == (p == 2) ? 1 : 0),
            [Score.MacroF1] = (F1(0) + F1(1) + F1(2)) / 3,
            [Score.WeightedF1] = (Shares[0] * F1(0)) + (Shares[1] * F1(1)) + (Shares[2] * F1(2)),
            [Score.BalancedAccuracy] = (answers[0][0] + answers[1][1] + answers[2][2]) / 3,
            [Score.MeanAbsoluteError] = Sum((t, p) => Math.Abs(t - p)),
            [Score.QuadraticKappa] = 1 - (Sum((t, p) => (t - p) * (t - p))
                / Enumerable.Range(0, 3).Sum(t => Enumerable.Range(0, 3).Sum(p => Shares[t] * joint.Sum(row => row[p]) * (t - p) * (t - p)))),
            [Score.LogLoss] = -((right * Math.Log(0.7)) + ((1 - right) * Math.Log(0.15))),
            [Score.BrierScore] = (right * (0.09 + (2 * 0.0225))) + ((1 - right) * (0.49 + 0.7225 + 0.0225)),
        };
    }

    private static int Draw(Random random, double[] shares)
    {
        double u = random.NextDouble();
        return u < shares[0] ? 0 : u < shares[0] + shares[1] ? 1 : 2;
    }
}
