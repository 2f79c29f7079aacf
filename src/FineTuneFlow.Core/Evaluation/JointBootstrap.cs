using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>One bootstrap for all candidates at once: rows are drawn with replacement, every candidate is scored on the same drawn
/// rows, and so each resample gives the candidates' scores and, paired, every difference between them.</summary>
internal sealed class JointBootstrap
{
    /// <summary>Label scores that are not shares of rows (those have exact methods).</summary>
    public static readonly Score[] Scores =
        [Score.MacroF1, Score.WeightedF1, Score.BalancedAccuracy, Score.MeanAbsoluteError, Score.QuadraticKappa];

    private readonly LabelScale _scale;
    private readonly ScoringOptions _options;
    private readonly JointCells _cells;
    private readonly (int[] KindOfCell, (int Truth, int Answer)[] Kinds)[] _kinds;
    // [candidate][score][resample], and the scores with one row of a cell left out: [candidate][score][cell].
    private readonly double[][][] _replicates;
    private readonly double[][][] _leftOut;

    public JointBootstrap(LabelScale scale, int[] truth, IReadOnlyList<int[]> answers, ScoringOptions options)
    {
        _scale = scale;
        _options = options;
        _cells = new JointCells(scale.Count, truth, answers);
        _kinds = [.. Enumerable.Range(0, answers.Count).Select(_cells.KindsOf)];
        _replicates = Table(answers.Count, options.Resamples);
        _leftOut = Table(answers.Count, _cells.Count);
        Resample();
        Parallel.For(0, answers.Count, Jackknife);
    }

    public Interval? Interval(int candidate, Score score, double estimate)
    {
        int at = Array.IndexOf(Scores, score);
        return Bca.Interval(estimate, _replicates[candidate][at], Bca.Acceleration(_leftOut[candidate][at], _cells.Counts), _options.Alpha);
    }

    /// <summary>Interval of first minus second, its one-sided bounds, the p of no difference, and the standard error of the difference.</summary>
    public (Interval? Interval, Interval? OneSided, double PValue, double StandardError) Difference(int first, int second, Score score, double estimate)
    {
        int at = Array.IndexOf(Scores, score);
        double[] differences = Subtract(_replicates[first][at], _replicates[second][at]);
        double[] jackknifed = Subtract(_leftOut[first][at], _leftOut[second][at]);
        double acceleration = Bca.Acceleration(jackknifed, _cells.Counts);
        return (
            Bca.Interval(estimate, differences, acceleration, _options.Alpha),
            Bca.Interval(estimate, differences, acceleration, 2 * _options.Alpha),
            Bca.PValue(estimate, differences),
            Bca.StandardError(jackknifed, _cells.Counts));
    }

    private void Resample()
    {
        var resampler = new CellResampler(_cells.Counts);
        int mostKinds = _kinds.Length == 0 ? 0 : _kinds.Max(candidate => candidate.Kinds.Length);
        Parallel.For(
            0,
            _options.Resamples,
            () => (Weights: new int[_cells.Count], KindWeights: new int[mostKinds], Tally: new Tally(_scale)),
            (r, _, scratch) =>
            {
                var random = new RandomStream(_options.Seed, (ulong)r);
                resampler.Draw(ref random, scratch.Weights);
                for (int candidate = 0; candidate < _replicates.Length; candidate++)
                {
                    Gather(candidate, scratch.Weights, scratch.KindWeights, scratch.Tally);
                    for (int score = 0; score < Scores.Length; score++)
                    {
                        _replicates[candidate][score][r] = Value(scratch.Tally, Scores[score]);
                    }
                }

                return scratch;
            },
            _ => { });
    }

    // A candidate tells far fewer kinds of rows apart than all candidates together: add up by kind first.
    private void Gather(int candidate, int[] weights, int[] kindWeights, Tally tally)
    {
        (int[] kindOfCell, (int Truth, int Answer)[] ofKind) = _kinds[candidate];
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
        (int[] kindOfCell, (int Truth, int Answer)[] ofKind) = _kinds[candidate];
        var tally = new Tally(_scale);
        Gather(candidate, _cells.Counts, new int[ofKind.Length], tally);
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
            for (int cell = 0; cell < _cells.Count; cell++)
            {
                _leftOut[candidate][score][cell] = values[kindOfCell[cell]][score];
            }
        }
    }

    private double Value(Tally tally, Score score) =>
        _scale.Has(score) ? tally.Value(score) : double.NaN;

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
