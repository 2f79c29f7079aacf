namespace FineTuneFlow.Encoders.Onnx;

/// <summary>In what an exported model holds its weights.</summary>
public enum OnnxPrecision
{
    /// <summary>Single precision: the trainer's own answers.</summary>
    Exact,
    /// <summary>Eight bits a weight, activations quantised as they come: a quarter of the size, faster, a little less exact.</summary>
    Quantised,
}
