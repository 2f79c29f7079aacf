namespace FineTuneFlow.Core.Evaluation;

/// <summary>One candidate's predictions, joined with the holdout by id.</summary>
internal sealed class AnswerColumn
{
    private readonly Prediction?[] _chosen;

    public AnswerColumn(HoldoutTable table, IReadOnlyList<Prediction> predictions)
    {
        int none = table.Scale.Count;
        _chosen = new Prediction?[table.Rows.Length];
        HashSet<int>? conflicting = null;
        foreach (Prediction prediction in predictions)
        {
            int place = table.PlaceOf(prediction.Id);
            if (place < 0)
            {
                Unknown++;
                continue;
            }

            Prediction? earlier = _chosen[place];
            if (earlier is null)
            {
                _chosen[place] = prediction;
                continue;
            }

            Duplicates++;
            if (earlier.Label is not null && prediction.Label is not null && earlier.Label != prediction.Label)
            {
                (conflicting ??= []).Add(place);
            }

            _chosen[place] = Preferred(earlier, prediction);
        }

        Answers = new int[_chosen.Length];
        for (int i = 0; i < _chosen.Length; i++)
        {
            Answers[i] = none;
            if (conflicting?.Contains(i) == true)
            {
                Conflicting++;
                _chosen[i] = null;
                continue;
            }

            Prediction? answer = _chosen[i];
            if (answer?.Error is null && answer?.Label is not null && table.LabelAt.TryGetValue(answer.Label, out int label))
            {
                Answers[i] = label;
                continue;
            }

            Count(answer is null ? PredictionError.Missing : answer.Error ?? PredictionError.Unparsable);
        }
    }

    /// <summary>Index of the predicted label of each row of the table; K where there is no answer.</summary>
    public int[] Answers { get; }

    public int Missing { get; private set; }

    public int Unparsable { get; private set; }

    public int Refused { get; private set; }

    public int Failed { get; private set; }

    public int Conflicting { get; }

    public int Duplicates { get; }

    public int Unknown { get; }

    /// <summary>The prediction that counts for a row; null where there is none.</summary>
    public Prediction? this[int place] => _chosen[place];

    private void Count(PredictionError error)
    {
        switch (error)
        {
            case PredictionError.Missing:
                Missing++;
                break;
            case PredictionError.Refused:
                Refused++;
                break;
            case PredictionError.Failed:
                Failed++;
                break;
            default:
                Unparsable++;
                break;
        }
    }

    // A choice that does not ask which came first: an answer before an error, then by what was said, then the faster one.
    private static Prediction Preferred(Prediction one, Prediction other)
    {
        int order = (one.Error is null ? 0 : 1).CompareTo(other.Error is null ? 0 : 1);
        order = order != 0 ? order : Nullable.Compare(one.Error, other.Error);
        order = order != 0 ? order : string.CompareOrdinal(one.Label, other.Label);
        order = order != 0 ? order : Comparer<double?>.Default.Compare(other.ProbabilityOfLabel(), one.ProbabilityOfLabel());
        order = order != 0 ? order : Comparer<double?>.Default.Compare(one.LatencyMs ?? double.MaxValue, other.LatencyMs ?? double.MaxValue);
        order = order != 0 ? order : Nullable.Compare(one.PromptTokens, other.PromptTokens);
        order = order != 0 ? order : Nullable.Compare(one.CompletionTokens, other.CompletionTokens);
        return order <= 0 ? one : other;
    }
}
