using FineTuneFlow.Core.Failures;
using FineTuneFlow.Trainer.Data;
using FineTuneFlow.Trainer.Networks;
using static TorchSharp.torch;

namespace FineTuneFlow.Trainer.Training;

/// <summary>One step of the optimiser on one batch, cut into parts where memory is short.</summary>
internal sealed class TrainingStep(
    EncoderNetwork network, AdamW optimiser, LossScaler scaler, IReadOnlyList<TrainingRow> rows, TrainingOptions options, int padding, float[] classWeights, int parts = 1)
{
    private readonly Tensor _weights = tensor(classWeights).to(network.Device).DetachFromDisposeScope();

    private readonly BatchParts _parts = new(parts);

    /// <summary>Parts of a batch; doubled when memory is short.</summary>
    public int Parts => _parts.Count;

    /// <summary>Trains on a batch.</summary>
    /// <param name="batch">Numbers of rows.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="number">Of the step; with the seed it determines what dropout drops, so that a training that was interrupted goes on as it
    /// would have.</param>
    /// <returns>The batch's mean loss and how many rows were answered rightly; whether the optimiser took its step.</returns>
    /// <exception cref="FlowException">JobFailed: the loss is not a number.</exception>
    /// <exception cref="MemoryShortageException">A single row does not fit.</exception>
    public (double Loss, int Right, bool Taken) Run(int[] batch, double rate, int number) =>
        _parts.Run(batch.Length, size => Once(batch, size, rate, number));

    private (double Loss, int Right, bool Taken) Once(int[] batch, int size, double rate, int number)
    {
        optimiser.ZeroGradients();
        double total = batch.Sum(row => classWeights[rows[row].Label]);
        double loss = 0;
        int right = 0;
        for (int part = 0; part * size < batch.Length; part++)
        {
            using IDisposable scope = NewDisposeScope();
            manual_seed(HashCode(options.Seed, number, part));
            Batch tensors = Batch.Of(rows, batch.AsSpan(part * size, Math.Min(size, batch.Length - (part * size))), padding, network.Device);
            Tensor logits = network.Forward(tensors.Ids, tensors.Mask, training: true);
            Tensor sum = nn.functional.cross_entropy(logits, tensors.Labels, _weights, reduction: nn.Reduction.Sum);
            // Of the whole batch, however it is cut.
            Tensor mean = sum / total;
            (mean * scaler.Scale).backward();
            loss += mean.item<float>();
            right += (int)logits.argmax(1).eq(tensors.Labels).sum().item<long>();
        }

        double norm = optimiser.GradientNorm() / scaler.Scale;
        if (!double.IsFinite(loss))
        {
            throw Diverged(number);
        }

        double scale = scaler.Scale;
        if (!scaler.Accept(double.IsFinite(norm)))
        {
            return scaler.IsExhausted ? throw Diverged(number) : (loss, right, false);
        }

        if (!double.IsFinite(norm))
        {
            throw Diverged(number);
        }

        double clipped = norm > options.LargestNorm ? options.LargestNorm / (norm + 1e-6) : 1;
        optimiser.Step(rate, clipped / scale);
        return (loss, right, true);
    }

    private static long HashCode(int seed, int step, int part) => (((long)seed * 1_000_003) + step) * 1_009 + part;

    private static FlowException Diverged(int step) =>
        new(FailureKind.JobFailed, $"The loss is not a number any more at step {step}", "Lower the learning rate");
}
