using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Compares every two candidates by every score that both have.</summary>
internal sealed class ComparisonBuilder(
    HoldoutTable table,
    ImmutableArray<string> names,
    AnswerColumn[] columns,
    ProbabilityColumn?[] probabilities,
    Metrics[] metrics,
    JointBootstrap bootstrap,
    ScoringOptions options)
{
    private const double Power = 0.8;

    private readonly int _pairs = names.Length * (names.Length - 1) / 2;

    public ImmutableArray<PairedComparison> Build()
    {
        var all = ImmutableArray.CreateBuilder<PairedComparison>();
        foreach (Score score in Enum.GetValues<Score>())
        {
            var family = new PairedComparison?[names.Length * names.Length];
            Parallel.For(0, family.Length, pair =>
            {
                (int first, int second) = (pair / names.Length, pair % names.Length);
                family[pair] = first < second ? Compare(first, second, score) : null;
            });
            PairedComparison[] compared = [.. family.OfType<PairedComparison>()];
            double[] adjusted = MultipleTests.Holm([.. compared.Select(comparison => comparison.PValue)]);
            all.AddRange(compared.Select((comparison, i) => comparison with { AdjustedPValue = adjusted[i] }));
        }

        return all.ToImmutable();
    }

    // The first step of Holm's procedure: the level that a single difference must reach in the worst case.
    private double CorrectedLevel => options.Alpha / _pairs;

    private PairedComparison? Compare(int first, int second, Score score)
    {
        if (score.Of(metrics[first]) is not { } one || score.Of(metrics[second]) is not { } other)
        {
            return null;
        }

        return score switch
        {
            Score.Accuracy => CompareShares(first, second, score, (truth, answer) => truth == answer),
            Score.GoodVersusBad => CompareShares(first, second, score, table.Scale.SameSide),
            Score.OneOffAccuracy => CompareShares(first, second, score, table.Scale.OneOff),
            Score.LogLoss => CompareMeans(first, second, score, probabilities[first]!.LogLoss, probabilities[second]!.LogLoss),
            Score.BrierScore => CompareMeans(first, second, score, probabilities[first]!.Brier, probabilities[second]!.Brier),
            Score.ExpectedCalibrationError => null,
            _ => CompareByBootstrap(first, second, score, one - other),
        };
    }

    private PairedComparison CompareShares(int first, int second, Score score, Func<int, int, bool> right)
    {
        (int onlyFirst, int onlySecond) = (0, 0);
        int rows = table.Truth.Length;
        for (int row = 0; row < rows; row++)
        {
            bool one = right(table.Truth[row], columns[first].Answers[row]);
            bool other = right(table.Truth[row], columns[second].Answers[row]);
            onlyFirst += one && !other ? 1 : 0;
            onlySecond += other && !one ? 1 : 0;
        }

        int differing = onlyFirst + onlySecond;
        return new PairedComparison
        {
            First = names[first],
            Second = names[second],
            Score = score,
            Difference = (onlyFirst - onlySecond) / (double)rows,
            Interval = Proportions.PairedDifference(onlyFirst, onlySecond, rows, options.Alpha),
            OneSided = Proportions.PairedDifference(onlyFirst, onlySecond, rows, 2 * options.Alpha),
            PValue = McNemar.PValue(onlyFirst, onlySecond),
            Test = ComparisonTest.McNemarExact,
            OnlyFirst = onlyFirst,
            OnlySecond = onlySecond,
            OddsRatio = (onlyFirst + 0.5) / (onlySecond + 0.5),
            EffectSize = differing == 0 ? 0 : (onlyFirst / (double)differing) - 0.5,
            RequiredRows = McNemar.RequiredRows(onlyFirst / (double)rows, onlySecond / (double)rows, CorrectedLevel, Power),
        };
    }

    private PairedComparison? CompareMeans(int first, int second, Score score, double[] ofFirst, double[] ofSecond)
    {
        var differences = new List<double>(ofFirst.Length);
        for (int row = 0; row < ofFirst.Length; row++)
        {
            double difference = ofFirst[row] - ofSecond[row];
            if (!double.IsNaN(difference))
            {
                differences.Add(difference);
            }
        }

        if (differences.Count == 0)
        {
            return null;
        }

        double[] values = [.. differences];
        var (mean, interval, oneSided, replicates) = MeanBootstrap.Run(values, options);
        double deviation = MeanBootstrap.Deviation(values);
        return new PairedComparison
        {
            First = names[first],
            Second = names[second],
            Score = score,
            Difference = mean,
            Interval = interval,
            OneSided = oneSided,
            PValue = Bca.PValue(mean, replicates),
            Test = ComparisonTest.PairedBootstrap,
            EffectSize = deviation > 0 ? mean / deviation : null,
            RequiredRows = RequiredRows(mean, deviation),
        };
    }

    private PairedComparison CompareByBootstrap(int first, int second, Score score, double difference)
    {
        var (interval, oneSided, pValue, error) = bootstrap.Difference(first, second, score, difference);
        return new PairedComparison
        {
            First = names[first],
            Second = names[second],
            Score = score,
            Difference = difference,
            Interval = interval,
            OneSided = oneSided,
            PValue = pValue,
            Test = ComparisonTest.PairedBootstrap,
            RequiredRows = RequiredRows(difference, error * Math.Sqrt(table.Truth.Length)),
        };
    }

    // n = ((z of the level + z of the power) s / d)^2, s the standard deviation that one row contributes.
    private double? RequiredRows(double difference, double deviationPerRow)
    {
        if (difference == 0 || !(deviationPerRow > 0))
        {
            return null;
        }

        double z = Normal.Quantile(1 - (CorrectedLevel / 2)) + Normal.Quantile(Power);
        return Math.Ceiling(Math.Pow(z * deviationPerRow / difference, 2));
    }
}
