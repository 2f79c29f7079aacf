using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Computes one candidate's <see cref="Metrics"/>.</summary>
internal sealed class MetricsBuilder(
    HoldoutTable table, AnswerColumn column, ProbabilityColumn? probabilities, ScoringOptions options)
{
    private readonly LabelScale _scale = table.Scale;

    public Metrics Build(JointBootstrap bootstrap, int candidate, ImmutableArray<Slice> slices)
    {
        var tally = new Tally(_scale);
        int[][] confusion = [.. Enumerable.Range(0, _scale.Count).Select(_ => new int[_scale.Count + 1])];
        for (int row = 0; row < table.Truth.Length; row++)
        {
            tally.Add(table.Truth[row], column.Answers[row], 1);
            confusion[table.Truth[row]][column.Answers[row]]++;
        }

        int rows = table.Truth.Length;
        var intervals = ImmutableSortedDictionary.CreateBuilder<string, Interval>(StringComparer.Ordinal);
        foreach (Score share in new[] { Score.Accuracy, Score.OneOffAccuracy, Score.GoodVersusBad }.Where(_scale.Has))
        {
            Keep(intervals, share, Proportions.Wilson(tally.Count(share), rows, options.Alpha));
        }

        foreach (Score score in JointBootstrap.Scores.Where(_scale.Has))
        {
            Keep(intervals, score, bootstrap.Interval(candidate, score, tally.Value(score)));
        }

        Metrics metrics = new()
        {
            N = rows,
            Correct = (int)tally.Count(Score.Accuracy),
            Missing = column.Missing,
            Unparsable = column.Unparsable,
            Refused = column.Refused,
            Failed = column.Failed,
            Conflicting = column.Conflicting,
            Duplicates = column.Duplicates,
            Unknown = column.Unknown,
            Accuracy = tally.Value(Score.Accuracy),
            GoodVersusBad = Value(tally, Score.GoodVersusBad),
            OneOffAccuracy = Value(tally, Score.OneOffAccuracy),
            MacroF1 = tally.Value(Score.MacroF1),
            WeightedF1 = tally.Value(Score.WeightedF1),
            BalancedAccuracy = tally.Value(Score.BalancedAccuracy),
            MeanAbsoluteError = Value(tally, Score.MeanAbsoluteError),
            QuadraticKappa = Value(tally, Score.QuadraticKappa),
            MajorityShare = confusion.Max(row => row.Sum()) / (double)rows,
            Intervals = intervals.ToImmutable(),
            Classes = Classes(confusion),
            Confusion = [.. confusion.Select(row => row.ToImmutableArray())],
            Latency = Latency(),
            PromptTokens = Tokens(prediction => prediction.PromptTokens),
            CompletionTokens = Tokens(prediction => prediction.CompletionTokens),
            Slices = [.. slices.Select(slice => slice.Score(table, column, probabilities, options))],
        };
        return probabilities is null ? metrics : WithProbabilities(metrics, probabilities, intervals);
    }

    private double? Value(Tally tally, Score score)
    {
        double value = _scale.Has(score) ? tally.Value(score) : double.NaN;
        return double.IsFinite(value) ? value : null;
    }

    private Metrics WithProbabilities(
        Metrics metrics, ProbabilityColumn known, ImmutableSortedDictionary<string, Interval>.Builder intervals)
    {
        double[] logLoss = Defined(known.LogLoss);
        double[] brier = Defined(known.Brier);
        var (meanLoss, lossInterval, _, _) = MeanBootstrap.Run(logLoss, options);
        var (meanBrier, brierInterval, _, _) = MeanBootstrap.Run(brier, options);
        Keep(intervals, Evaluation.Score.LogLoss, lossInterval);
        Keep(intervals, Evaluation.Score.BrierScore, brierInterval);
        var calibration = new Calibration(known.Confidence, row => column.Answers[row] == table.Truth[row], options);
        if (!calibration.IsEmpty)
        {
            Keep(intervals, Evaluation.Score.ExpectedCalibrationError, calibration.ErrorInterval());
        }

        double[] other = [.. Predictions().Select(prediction => prediction.OtherMass).OfType<double>().Where(double.IsFinite)];
        return metrics with
        {
            LogLoss = logLoss.Length > 0 ? meanLoss : null,
            BrierScore = brier.Length > 0 ? meanBrier : null,
            ExpectedCalibrationError = calibration.IsEmpty ? null : calibration.Error(),
            ProbabilityRows = known.Rows,
            OtherMass = other.Length > 0 ? other.Sum() / other.Length : null,
            Reliability = calibration.Bins(),
            Intervals = intervals.ToImmutable(),
        };
    }

    private ImmutableArray<ClassMetrics> Classes(int[][] confusion)
    {
        var classes = ImmutableArray.CreateBuilder<ClassMetrics>(_scale.Count);
        for (int label = 0; label < _scale.Count; label++)
        {
            int hits = confusion[label][label];
            int actual = confusion[label].Sum();
            int predicted = confusion.Sum(row => row[label]);
            classes.Add(new ClassMetrics(
                _scale.Labels.Names[label],
                actual,
                predicted,
                predicted == 0 ? 0 : hits / (double)predicted,
                actual == 0 ? 0 : hits / (double)actual,
                actual + predicted == 0 ? 0 : 2.0 * hits / (actual + predicted),
                Proportions.Wilson(hits, predicted, options.Alpha),
                Proportions.Wilson(hits, actual, options.Alpha),
                Proportions.F1(hits, actual, predicted, options.Alpha)));
        }

        return classes.MoveToImmutable();
    }

    private LatencySummary? Latency()
    {
        double[] sorted = [.. Predictions().Select(prediction => prediction.LatencyMs).OfType<double>().Where(double.IsFinite)];
        if (sorted.Length == 0)
        {
            return null;
        }

        Array.Sort(sorted);
        return new LatencySummary(
            sorted.Length,
            sorted.Sum() / sorted.Length,
            Percentile.Of(sorted, 0.5),
            Percentile.Of(sorted, 0.9),
            Percentile.Of(sorted, 0.95),
            Percentile.Of(sorted, 0.99),
            sorted[^1]);
    }

    private long? Tokens(Func<Prediction, int?> count)
    {
        (long sum, bool any) = (0, false);
        foreach (Prediction prediction in Predictions())
        {
            int? tokens = count(prediction);
            sum += tokens ?? 0;
            any |= tokens is not null;
        }

        return any ? sum : null;
    }

    private IEnumerable<Prediction> Predictions()
    {
        for (int row = 0; row < table.Rows.Length; row++)
        {
            if (column[row] is { } prediction)
            {
                yield return prediction;
            }
        }
    }

    private static void Keep(ImmutableSortedDictionary<string, Interval>.Builder intervals, Score score, Interval? interval)
    {
        if (interval is not null)
        {
            intervals[score.JsonName()] = interval;
        }
    }

    private static double[] Defined(double[] values) => Array.FindAll(values, value => !double.IsNaN(value));
}
