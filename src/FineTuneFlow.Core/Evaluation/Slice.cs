using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Some rows of the holdout, by what they have in common.</summary>
/// <param name="Column">A column of the recipe, text length or script.</param>
/// <param name="Value">Its value or band.</param>
/// <param name="Places">Places of the rows in the table.</param>
internal sealed record Slice(string Column, string Value, int[] Places)
{
    // The bootstrap behind a calibration error's interval: a fifth of it does for a slice.
    private const int ResamplesShare = 5;

    public SliceMetrics Score(HoldoutTable table, AnswerColumn column, ProbabilityColumn? probabilities, ScoringOptions options)
    {
        LabelScale scale = table.Scale;
        var tally = new Tally(scale);
        var kinds = new Dictionary<(int Truth, int Answer), int>();
        foreach (int place in Places)
        {
            var kind = (table.Truth[place], column.Answers[place]);
            tally.Add(kind.Item1, kind.Item2, 1);
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        }

        var intervals = ImmutableSortedDictionary.CreateBuilder<string, Interval>(StringComparer.Ordinal);
        foreach (Score share in new[] { Evaluation.Score.Accuracy, Evaluation.Score.OneOffAccuracy, Evaluation.Score.GoodVersusBad }.Where(scale.Has))
        {
            Keep(share, Proportions.Wilson(tally.Count(share), Places.Length, options.Alpha));
        }

        foreach ((Score score, Interval? interval) in Jackknifed(tally, kinds, scale, options))
        {
            Keep(score, interval);
        }

        (double? logLoss, Interval? lossInterval) = Mean(probabilities?.LogLoss, double.PositiveInfinity, options);
        (double? brier, Interval? brierInterval) = Mean(probabilities?.Brier, 2, options);
        (double? calibration, Interval? calibrationInterval) = Calibrated(table, column, probabilities, options);
        Keep(Evaluation.Score.LogLoss, lossInterval);
        Keep(Evaluation.Score.BrierScore, brierInterval);
        Keep(Evaluation.Score.ExpectedCalibrationError, calibrationInterval);
        return new SliceMetrics
        {
            Column = Column,
            Value = Value,
            Rows = Places.Length,
            Accuracy = tally.Value(Evaluation.Score.Accuracy),
            GoodVersusBad = Known(Evaluation.Score.GoodVersusBad),
            OneOffAccuracy = Known(Evaluation.Score.OneOffAccuracy),
            MacroF1 = tally.Value(Evaluation.Score.MacroF1),
            WeightedF1 = tally.Value(Evaluation.Score.WeightedF1),
            BalancedAccuracy = tally.Value(Evaluation.Score.BalancedAccuracy),
            MeanAbsoluteError = Known(Evaluation.Score.MeanAbsoluteError),
            QuadraticKappa = Known(Evaluation.Score.QuadraticKappa),
            LogLoss = logLoss,
            BrierScore = brier,
            ExpectedCalibrationError = calibration,
            Intervals = intervals.ToImmutable(),
        };

        double? Known(Score score) => scale.Has(score) && tally.Value(score) is var value && double.IsFinite(value) ? value : null;

        void Keep(Score score, Interval? interval)
        {
            if (interval is not null)
            {
                intervals[score.JsonName()] = interval;
            }
        }
    }

    // A bootstrap for every slice of every candidate would cost more than it tells: the jackknife's normal intervals.
    private static IEnumerable<(Score Score, Interval? Interval)> Jackknifed(
        Tally tally, Dictionary<(int Truth, int Answer), int> kinds, LabelScale scale, ScoringOptions options)
    {
        if (tally.Rows < 2)
        {
            yield break;
        }

        Score[] scores = [.. JointBootstrap.Scores.Where(scale.Has)];
        int[] counts = [.. kinds.Values];
        double[][] leftOut = [.. scores.Select(_ => new double[counts.Length])];
        int at = 0;
        foreach ((int truth, int answer) in kinds.Keys)
        {
            tally.Add(truth, answer, -1);
            for (int i = 0; i < scores.Length; i++)
            {
                leftOut[i][at] = tally.Value(scores[i]);
            }

            tally.Add(truth, answer, 1);
            at++;
        }

        for (int i = 0; i < scores.Length; i++)
        {
            (double least, double most) = scores[i] switch
            {
                Evaluation.Score.MeanAbsoluteError => (0, scale.Count - 1),
                Evaluation.Score.QuadraticKappa => (-1, 1),
                _ => (0, 1),
            };
            yield return (scores[i], Around(tally.Value(scores[i]), Bca.StandardError(leftOut[i], counts), least, most, options));
        }
    }

    // The jackknife's standard error of a mean is the usual one.
    private (double? Mean, Interval? Interval) Mean(double[]? byRow, double most, ScoringOptions options)
    {
        double[] values = byRow is null ? [] : [.. Places.Select(place => byRow[place]).Where(value => !double.IsNaN(value))];
        if (values.Length == 0)
        {
            return (null, null);
        }

        double mean = values.Sum() / values.Length;
        return (mean, Around(mean, MeanBootstrap.Deviation(values) / Math.Sqrt(values.Length), 0, most, options));
    }

    private (double? Error, Interval? Interval) Calibrated(HoldoutTable table, AnswerColumn column, ProbabilityColumn? probabilities, ScoringOptions options)
    {
        double[] confidence = probabilities is null ? [] : [.. Places.Select(place => probabilities.Confidence[place])];
        if (confidence.Count(value => !double.IsNaN(value)) < SliceMetrics.CalibratedRows)
        {
            return (null, null);
        }

        var calibration = new Calibration(
            confidence, i => column.Answers[Places[i]] == table.Truth[Places[i]], options with { Resamples = options.Resamples / ResamplesShare });
        return (calibration.Error(), calibration.ErrorInterval());
    }

    private static Interval? Around(double value, double error, double least, double most, ScoringOptions options)
    {
        double half = Normal.Quantile(1 - (options.Alpha / 2)) * error;
        return half > 0 && double.IsFinite(half) && double.IsFinite(value)
            ? new Interval(Math.Max(least, value - half), Math.Min(most, value + half), IntervalMethod.Jackknife)
            : null;
    }
}
