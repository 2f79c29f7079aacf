namespace FineTuneFlow.Trainer.Networks;

/// <summary>In what the products of matrices are computed. Norms, loss, the stream between the layers and the weights themselves stay
/// in single precision always.</summary>
internal enum Precision
{
    Single,
    BFloat16,
    /// <summary>For GPUs without bfloat16; the loss is scaled, so that small gradients do not vanish.</summary>
    Half,
}
