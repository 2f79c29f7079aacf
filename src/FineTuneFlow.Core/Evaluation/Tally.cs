namespace FineTuneFlow.Core.Evaluation;

/// <summary>The counts that every label score is a function of. Adding a row costs a few additions, so a resample is scored in
/// the time of a pass over its cells.</summary>
internal sealed class Tally(LabelScale scale)
{
    private readonly int[] _hits = new int[scale.Count];
    private readonly int[] _actual = new int[scale.Count];
    private readonly int[] _predicted = new int[scale.Count + 1];
    private long _rows;
    private long _correct;
    private long _sameSide;
    private long _oneOff;
    private long _distance;
    private long _squaredDistance;
    private long _actualSum;
    private long _actualSquares;
    private long _placedSum;
    private long _placedSquares;

    public void Clear()
    {
        Array.Clear(_hits);
        Array.Clear(_actual);
        Array.Clear(_predicted);
        _rows = _correct = _sameSide = _oneOff = _distance = _squaredDistance = 0;
        _actualSum = _actualSquares = _placedSum = _placedSquares = 0;
    }

    /// <summary>Adds <paramref name="weight"/> rows alike (negative: takes them away).</summary>
    public void Add(int truth, int answer, int weight)
    {
        _rows += weight;
        _actual[truth] += weight;
        _predicted[answer] += weight;
        if (truth == answer)
        {
            _hits[truth] += weight;
            _correct += weight;
        }

        if (!scale.Ordered)
        {
            return;
        }

        long stands = scale.Position(truth);
        long place = scale.Position(scale.Place(truth, answer));
        long off = Math.Abs(stands - place);
        long w = weight;
        _distance += w * off;
        _squaredDistance += w * off * off;
        _actualSum += w * stands;
        _actualSquares += w * stands * stands;
        _placedSum += w * place;
        _placedSquares += w * place * place;
        _oneOff += scale.OneOff(truth, answer) ? w : 0;
        _sameSide += scale.HasGood && scale.SameSide(truth, answer) ? w : 0;
    }

    public long Rows => _rows;

    public long Count(Score score) => score switch
    {
        Score.Accuracy => _correct,
        Score.GoodVersusBad => _sameSide,
        Score.OneOffAccuracy => _oneOff,
        _ => throw new ArgumentOutOfRangeException(nameof(score), score, "not a share of rows"),
    };

    /// <summary>NaN where it is undefined (kappa of rows that never vary); callers turn that into an absent value.</summary>
    public double Value(Score score) => score switch
    {
        Score.Accuracy or Score.GoodVersusBad or Score.OneOffAccuracy => Count(score) / (double)_rows,
        Score.MacroF1 => MeanF1(weighted: false),
        Score.WeightedF1 => MeanF1(weighted: true),
        Score.BalancedAccuracy => MeanRecall(),
        Score.MeanAbsoluteError => _distance / (double)scale.Unit / _rows,
        Score.QuadraticKappa => Kappa(),
        _ => throw new ArgumentOutOfRangeException(nameof(score), score, "not a score of labels"),
    };

    private double MeanF1(bool weighted)
    {
        (double sum, double classes) = (0, 0);
        for (int i = 0; i < _hits.Length; i++)
        {
            int either = _actual[i] + _predicted[i];
            if (either > 0)
            {
                double weight = weighted ? _actual[i] : 1;
                sum += weight * 2 * _hits[i] / either;
                classes += weight;
            }
        }

        return sum / classes;
    }

    private double MeanRecall()
    {
        (double sum, int classes) = (0, 0);
        for (int i = 0; i < _hits.Length; i++)
        {
            if (_actual[i] > 0)
            {
                sum += _hits[i] / (double)_actual[i];
                classes++;
            }
        }

        return sum / classes;
    }

    // J. Cohen, "Weighted kappa", Psychological Bulletin 70, 1968, with squared distances: one minus the observed over the expected
    // squared distance of independent margins, which the margins' sums and sums of squares give.
    private double Kappa()
    {
        double expected = _actualSquares + _placedSquares - (2.0 * _actualSum * _placedSum / _rows);
        return expected > 0 ? 1 - (_squaredDistance / expected) : double.NaN;
    }
}
