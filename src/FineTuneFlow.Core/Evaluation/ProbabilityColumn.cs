namespace FineTuneFlow.Core.Evaluation;

/// <summary>What a candidate's probabilities are worth, by row of the table; NaN where the row has none. A row without an answer
/// counts as knowing nothing (every label equally likely), so that failing on hard rows does not improve a score.</summary>
internal sealed class ProbabilityColumn
{
    private const int FewLabels = 12;

    private ProbabilityColumn(int rows)
    {
        LogLoss = new double[rows];
        Brier = new double[rows];
        Confidence = new double[rows];
    }

    /// <summary>Nats.</summary>
    public double[] LogLoss { get; }

    /// <summary>G. W. Brier, Monthly Weather Review 78, 1950: the sum over the classes of the squared difference, 0 to 2.</summary>
    public double[] Brier { get; }

    /// <summary>Probability of the predicted label; NaN also for rows without an answer.</summary>
    public double[] Confidence { get; }

    public int Rows { get; private set; }

    /// <summary>Null where no prediction carries probabilities.</summary>
    public static ProbabilityColumn? Of(HoldoutTable table, AnswerColumn column, ScoringOptions options)
    {
        int rows = table.Rows.Length;
        bool any = false;
        for (int i = 0; i < rows && !any; i++)
        {
            any = column[i]?.Probabilities is { Count: > 0 };
        }

        if (!any)
        {
            return null;
        }

        var result = new ProbabilityColumn(rows);
        int labels = table.Scale.Count;
        for (int i = 0; i < rows; i++)
        {
            result.Fill(i, table.Truth[i], column.Answers[i], column[i], labels, table, options.ProbabilityFloor);
        }

        return result;
    }

    private void Fill(int row, int truth, int answer, Prediction? prediction, int labels, HoldoutTable table, double floor)
    {
        Confidence[row] = double.NaN;
        if (answer == labels)
        {
            LogLoss[row] = Math.Log(labels);
            Brier[row] = (labels - 1.0) / labels;
            Rows++;
            return;
        }

        (double total, double squares, double ofTruth, double ofAnswer) = (0, 0, 0, 0);
        if (prediction?.Probabilities is { } probabilities)
        {
            // Asking for a few labels by name is cheaper than walking the tree that holds them.
            if (labels <= FewLabels)
            {
                for (int label = 0; label < labels; label++)
                {
                    if (probabilities.TryGetValue(table.Scale.Labels.Names[label], out double value))
                    {
                        Take(label, value);
                    }
                }
            }
            else
            {
                foreach ((string name, double value) in probabilities)
                {
                    if (table.LabelAt.TryGetValue(name, out int label))
                    {
                        Take(label, value);
                    }
                }
            }
        }

        if (total <= 0)
        {
            LogLoss[row] = Brier[row] = double.NaN;
            return;
        }

        double p = ofTruth / total;
        LogLoss[row] = -Math.Log(Math.Clamp(p, floor, 1));
        Brier[row] = Math.Max(0, (squares / (total * total)) - (2 * p) + 1);
        Confidence[row] = ofAnswer / total;
        Rows++;

        void Take(int label, double value)
        {
            if (value > 0 && double.IsFinite(value))
            {
                total += value;
                squares += value * value;
                ofTruth = label == truth ? value : ofTruth;
                ofAnswer = label == answer ? value : ofAnswer;
            }
        }
    }
}
