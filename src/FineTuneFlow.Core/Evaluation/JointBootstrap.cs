using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>One bootstrap for all candidates at once: rows are drawn with replacement, every candidate is scored on the same drawn
/// rows, and so each resample gives the candidates' scores and, paired, every difference between them.</summary>
internal sealed class JointBootstrap
{
    /// <summary>Label scores that are not shares of rows (those have exact methods).</summary>
    public static readonly Score[] Scores =
        [Score.MacroF1, Score.WeightedF1, Score.BalancedAccuracy, Score.MeanAbsoluteError, Score.QuadraticKappa];

    private readonly LabelScale scale;
    private readonly ScoringOptions options;
    private readonly JointCells cells;
    // [candidate][score][resample], and the scores with one row of a cell left out: [candidate][score][cell].
    private readonly double[][][] replicates;
    private readonly double[][][] leftOut;

    public JointBootstrap(LabelScale scale, int[] truth, IReadOnlyList<int[]> answers, ScoringOptions options)
    {
        this.scale = scale;
        this.options = options;
        cells = new JointCells(scale.Count, truth, answers);
        replicates = Table(answers.Count, options.Resamples);
        leftOut = Table(answers.Count, cells.Count);
        Resample();
        Parallel.For(0, answers.Count, Jackknife);
    }

    public Interval? Interval(int candidate, Score score, double estimate)
    {
        int at = Array.IndexOf(Scores, score);
        return Bca.Interval(estimate, replicates[candidate][at], Bca.Acceleration(leftOut[candidate][at], cells.Counts), options.Alpha);
    }

    /// <summary>Interval of first minus second, the p of no difference, and the standard error of the difference.</summary>
    public (Interval? Interval, double PValue, double StandardError) Difference(int first, int second, Score score, double estimate)
    {
        int at = Array.IndexOf(Scores, score);
        double[] differences = Subtract(replicates[first][at], replicates[second][at]);
        double[] jackknifed = Subtract(leftOut[first][at], leftOut[second][at]);
        return (
            Bca.Interval(estimate, differences, Bca.Acceleration(jackknifed, cells.Counts), options.Alpha),
            Bca.PValue(differences),
            Bca.StandardError(jackknifed, cells.Counts));
    }

    private void Resample()
    {
        var resampler = new CellResampler(cells.Counts);
        Parallel.For(
            0,
            options.Resamples,
            () => (Weights: new int[cells.Count], Tally: new Tally(scale)),
            (r, _, scratch) =>
            {
                var random = new RandomStream(options.Seed, (ulong)r);
                resampler.Draw(ref random, scratch.Weights);
                for (int candidate = 0; candidate < replicates.Length; candidate++)
                {
                    int[] answers = cells.Answers[candidate];
                    scratch.Tally.Clear();
                    for (int cell = 0; cell < scratch.Weights.Length; cell++)
                    {
                        if (scratch.Weights[cell] != 0)
                        {
                            scratch.Tally.Add(cells.Truth[cell], answers[cell], scratch.Weights[cell]);
                        }
                    }

                    for (int score = 0; score < Scores.Length; score++)
                    {
                        replicates[candidate][score][r] = Value(scratch.Tally, Scores[score]);
                    }
                }

                return scratch;
            },
            _ => { });
    }

    private void Jackknife(int candidate)
    {
        int[] answers = cells.Answers[candidate];
        var tally = new Tally(scale);
        for (int cell = 0; cell < cells.Count; cell++)
        {
            tally.Add(cells.Truth[cell], answers[cell], cells.Counts[cell]);
        }

        // The score without a row depends on the row's label and this candidate's answer alone.
        var seen = new Dictionary<(int, int), double[]>();
        for (int cell = 0; cell < cells.Count; cell++)
        {
            var kind = (cells.Truth[cell], answers[cell]);
            if (!seen.TryGetValue(kind, out double[]? values))
            {
                tally.Add(kind.Item1, kind.Item2, -1);
                values = tally.Rows == 0 ? new double[Scores.Length] : [.. Scores.Select(score => Value(tally, score))];
                tally.Add(kind.Item1, kind.Item2, 1);
                seen.Add(kind, values);
            }

            for (int score = 0; score < Scores.Length; score++)
            {
                leftOut[candidate][score][cell] = values[score];
            }
        }
    }

    private double Value(Tally tally, Score score) =>
        scale.Ordered || score is not (Score.MeanAbsoluteError or Score.QuadraticKappa) ? tally.Value(score) : double.NaN;

    private static double[] Subtract(double[] first, double[] second)
    {
        var difference = new double[first.Length];
        for (int i = 0; i < first.Length; i++)
        {
            difference[i] = first[i] - second[i];
        }

        return difference;
    }

    private static double[][][] Table(int candidates, int length) =>
        [.. Enumerable.Range(0, candidates).Select(_ => Scores.Select(_ => new double[length]).ToArray())];
}
