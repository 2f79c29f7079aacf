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
    private readonly (int[] KindOfCell, (int Truth, int Answer)[] Kinds)[] kinds;
    // [candidate][score][resample], and the scores with one row of a cell left out: [candidate][score][cell].
    private readonly double[][][] replicates;
    private readonly double[][][] leftOut;

    public JointBootstrap(LabelScale scale, int[] truth, IReadOnlyList<int[]> answers, ScoringOptions options)
    {
        this.scale = scale;
        this.options = options;
        cells = new JointCells(scale.Count, truth, answers);
        kinds = [.. Enumerable.Range(0, answers.Count).Select(cells.KindsOf)];
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

    /// <summary>Interval of first minus second, its one-sided bounds, the p of no difference, and the standard error of the difference.</summary>
    public (Interval? Interval, Interval? OneSided, double PValue, double StandardError) Difference(int first, int second, Score score, double estimate)
    {
        int at = Array.IndexOf(Scores, score);
        double[] differences = Subtract(replicates[first][at], replicates[second][at]);
        double[] jackknifed = Subtract(leftOut[first][at], leftOut[second][at]);
        double acceleration = Bca.Acceleration(jackknifed, cells.Counts);
        return (
            Bca.Interval(estimate, differences, acceleration, options.Alpha),
            Bca.Interval(estimate, differences, acceleration, 2 * options.Alpha),
            Bca.PValue(estimate, differences),
            Bca.StandardError(jackknifed, cells.Counts));
    }

    private void Resample()
    {
        var resampler = new CellResampler(cells.Counts);
        int mostKinds = kinds.Length == 0 ? 0 : kinds.Max(candidate => candidate.Kinds.Length);
        Parallel.For(
            0,
            options.Resamples,
            () => (Weights: new int[cells.Count], KindWeights: new int[mostKinds], Tally: new Tally(scale)),
            (r, _, scratch) =>
            {
                var random = new RandomStream(options.Seed, (ulong)r);
                resampler.Draw(ref random, scratch.Weights);
                for (int candidate = 0; candidate < replicates.Length; candidate++)
                {
                    Gather(candidate, scratch.Weights, scratch.KindWeights, scratch.Tally);
                    for (int score = 0; score < Scores.Length; score++)
                    {
                        replicates[candidate][score][r] = Value(scratch.Tally, Scores[score]);
                    }
                }

                return scratch;
            },
            _ => { });
    }

    // A candidate tells far fewer kinds of rows apart than all candidates together: add up by kind first.
    private void Gather(int candidate, int[] weights, int[] kindWeights, Tally tally)
    {
        (int[] kindOfCell, (int Truth, int Answer)[] ofKind) = kinds[candidate];
        Array.Clear(kindWeights);
        for (int cell = 0; cell < weights.Length; cell++)
        {
            kindWeights[kindOfCell[cell]] += weights[cell];
        }

        tally.Clear();
        for (int kind = 0; kind < ofKind.Length; kind++)
        {
            if (kindWeights[kind] != 0)
            {
                tally.Add(ofKind[kind].Truth, ofKind[kind].Answer, kindWeights[kind]);
            }
        }
    }

    private void Jackknife(int candidate)
    {
        (int[] kindOfCell, (int Truth, int Answer)[] ofKind) = kinds[candidate];
        var tally = new Tally(scale);
        Gather(candidate, cells.Counts, new int[ofKind.Length], tally);
        // The score without a row depends on the row's kind alone.
        var values = new double[ofKind.Length][];
        for (int kind = 0; kind < ofKind.Length; kind++)
        {
            tally.Add(ofKind[kind].Truth, ofKind[kind].Answer, -1);
            values[kind] = tally.Rows == 0 ? new double[Scores.Length] : [.. Scores.Select(score => Value(tally, score))];
            tally.Add(ofKind[kind].Truth, ofKind[kind].Answer, 1);
        }

        for (int score = 0; score < Scores.Length; score++)
        {
            for (int cell = 0; cell < cells.Count; cell++)
            {
                leftOut[candidate][score][cell] = values[kindOfCell[cell]][score];
            }
        }
    }

    private double Value(Tally tally, Score score) =>
        scale.Has(score) ? tally.Value(score) : double.NaN;

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
