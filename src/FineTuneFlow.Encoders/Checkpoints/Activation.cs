namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>The function inside the feed-forward layers.</summary>
public enum Activation
{
    /// <summary>By the error function.</summary>
    Gelu,
    /// <summary>By the hyperbolic tangent: "gelu_new", "gelu_pytorch_tanh".</summary>
    GeluTanh,
    Relu,
}
