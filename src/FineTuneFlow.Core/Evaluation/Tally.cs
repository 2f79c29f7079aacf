namespace FineTuneFlow.Core.Evaluation;

/// <summary>The counts that every label score is a function of. Adding a row costs a few additions, so a resample is scored in
/// the time of a pass over its cells.</summary>
internal sealed class Tally(LabelScale scale)
{
    private readonly int[] hits = new int[scale.Count];
    private readonly int[] actual = new int[scale.Count];
    private readonly int[] predicted = new int[scale.Count + 1];
    private long rows;
    private long correct;
    private long sameSide;
    private long oneOff;
    private long distance;
    private long squaredDistance;
    private long actualSum;
    private long actualSquares;
    private long placedSum;
    private long placedSquares;

    public void Clear()
    {
        Array.Clear(hits);
        Array.Clear(actual);
        Array.Clear(predicted);
        rows = correct = sameSide = oneOff = distance = squaredDistance = 0;
        actualSum = actualSquares = placedSum = placedSquares = 0;
    }

    /// <summary>Adds <paramref name="weight"/> rows alike (negative: takes them away).</summary>
    public void Add(int truth, int answer, int weight)
    {
        rows += weight;
        actual[truth] += weight;
        predicted[answer] += weight;
        if (truth == answer)
        {
            hits[truth] += weight;
            correct += weight;
        }

        if (!scale.Ordered)
        {
            return;
        }

        long stands = scale.Position(truth);
        long place = scale.Position(scale.Place(truth, answer));
        long off = Math.Abs(stands - place);
        long w = weight;
        distance += w * off;
        squaredDistance += w * off * off;
        actualSum += w * stands;
        actualSquares += w * stands * stands;
        placedSum += w * place;
        placedSquares += w * place * place;
        oneOff += scale.OneOff(truth, answer) ? w : 0;
        sameSide += scale.HasGood && scale.SameSide(truth, answer) ? w : 0;
    }

    public long Rows => rows;

    public long Count(Score score) => score switch
    {
        Score.Accuracy => correct,
        Score.GoodVersusBad => sameSide,
        Score.OneOffAccuracy => oneOff,
        _ => throw new ArgumentOutOfRangeException(nameof(score), score, "not a share of rows"),
    };

    /// <summary>NaN where it is undefined (kappa of rows that never vary); callers turn that into an absent value.</summary>
    public double Value(Score score) => score switch
    {
        Score.Accuracy or Score.GoodVersusBad or Score.OneOffAccuracy => Count(score) / (double)rows,
        Score.MacroF1 => MeanF1(weighted: false),
        Score.WeightedF1 => MeanF1(weighted: true),
        Score.BalancedAccuracy => MeanRecall(),
        Score.MeanAbsoluteError => distance / (double)scale.Unit / rows,
        Score.QuadraticKappa => Kappa(),
        _ => throw new ArgumentOutOfRangeException(nameof(score), score, "not a score of labels"),
    };

    private double MeanF1(bool weighted)
    {
        (double sum, double classes) = (0, 0);
        for (int i = 0; i < hits.Length; i++)
        {
            int either = actual[i] + predicted[i];
            if (either > 0)
            {
                double weight = weighted ? actual[i] : 1;
                sum += weight * 2 * hits[i] / either;
                classes += weight;
            }
        }

        return sum / classes;
    }

    private double MeanRecall()
    {
        (double sum, int classes) = (0, 0);
        for (int i = 0; i < hits.Length; i++)
        {
            if (actual[i] > 0)
            {
                sum += hits[i] / (double)actual[i];
                classes++;
            }
        }

        return sum / classes;
    }

    // J. Cohen, "Weighted kappa", Psychological Bulletin 70, 1968, with squared distances: one minus the observed over the expected
    // squared distance of independent margins, which the margins' sums and sums of squares give.
    private double Kappa()
    {
        double expected = actualSquares + placedSquares - (2.0 * actualSum * placedSum / rows);
        return expected > 0 ? 1 - (squaredDistance / expected) : double.NaN;
    }
}
