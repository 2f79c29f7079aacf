using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>One candidate's answers by place of the row.</summary>
public sealed class AnswerFacts
{
    private readonly short[] _labels;
    private readonly float[] _confidences;
    private readonly byte[] _errors;

    /// <param name="rows">How many rows.</param>
    public AnswerFacts(int rows)
        : this([.. Enumerable.Repeat((short)-1, rows)], [.. Enumerable.Repeat(float.NaN, rows)], [.. Enumerable.Repeat((byte)PredictionError.Missing, rows)])
    {
    }

    private AnswerFacts(short[] labels, float[] confidences, byte[] errors) => (_labels, _confidences, _errors) = (labels, confidences, errors);

    /// <summary>Index of the label; -1: no answer.</summary>
    public int Label(int place) => _labels[place];

    /// <summary>Probability of the answer; null where the model gives none.</summary>
    public double? Confidence(int place) => float.IsNaN(_confidences[place]) ? null : _confidences[place];

    /// <summary>Why there is no answer.</summary>
    public PredictionError? Error(int place) => _labels[place] < 0 ? (PredictionError)_errors[place] : null;

    /// <param name="place">Of the row.</param>
    /// <param name="label">Index of the answer; -1: none.</param>
    /// <param name="confidence">Of the answer.</param>
    /// <param name="error">Why there is no answer.</param>
    public void Set(int place, int label, double? confidence, PredictionError? error)
    {
        _labels[place] = (short)label;
        _confidences[place] = (float?)confidence ?? float.NaN;
        _errors[place] = (byte)(error ?? PredictionError.Unparsable);
    }

    internal void Write(BinaryWriter writer)
    {
        for (int place = 0; place < _labels.Length; place++)
        {
            writer.Write(_labels[place]);
            writer.Write(_confidences[place]);
            writer.Write(_errors[place]);
        }
    }

    internal static AnswerFacts Read(BinaryReader reader, int rows)
    {
        var (labels, confidences, errors) = (new short[rows], new float[rows], new byte[rows]);
        for (int place = 0; place < rows; place++)
        {
            labels[place] = reader.ReadInt16();
            confidences[place] = reader.ReadSingle();
            errors[place] = reader.ReadByte();
        }

        return new AnswerFacts(labels, confidences, errors);
    }
}
