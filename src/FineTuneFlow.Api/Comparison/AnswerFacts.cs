using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Api.Comparison;

/// <summary>One candidate's answers by place of the row.</summary>
/// <param name="rows">How many rows.</param>
public sealed class AnswerFacts(int rows)
{
    private readonly short[] _labels = [.. Enumerable.Repeat((short)-1, rows)];
    private readonly float[] _confidences = [.. Enumerable.Repeat(float.NaN, rows)];
    private readonly byte[] _errors = [.. Enumerable.Repeat((byte)PredictionError.Missing, rows)];

    /// <summary>Index of the label; -1: no answer.</summary>
    public int Label(int place) => _labels[place];

    /// <summary>Probability of the answer; null where the model gives none.</summary>
    public double? Confidence(int place) => float.IsNaN(_confidences[place]) ? null : _confidences[place];

    /// <summary>Why there is no answer.</summary>
    public PredictionError? Error(int place) => _labels[place] < 0 ? (PredictionError)_errors[place] : null;

    internal void Set(int place, int label, double? confidence, PredictionError? error)
    {
        _labels[place] = (short)label;
        _confidences[place] = (float?)confidence ?? float.NaN;
        _errors[place] = (byte)(error ?? PredictionError.Unparsable);
    }
}
