using FineTuneFlow.Trainer.Data;
using FineTuneFlow.Trainer.Networks;
using static TorchSharp.torch;

namespace FineTuneFlow.Trainer.Training;

/// <summary>The network's logits for rows, in their order, computed without gradients.</summary>
internal static class Answers
{
    private const int BatchSize = 64;

    public static float[][] Logits(EncoderNetwork network, IReadOnlyList<TrainingRow> rows, int padding, CancellationToken cancellation = default)
    {
        float[][] logits = new float[rows.Count][];
        using IDisposable noGrad = no_grad();
        var parts = new BatchParts();
        foreach (int[] batch in LengthBuckets.Sorted(rows, BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            parts.Run(batch.Length, size =>
            {
                foreach (int[] part in batch.Chunk(size))
                {
                    Answer(network, rows, part, padding, logits);
                }

                return size;
            });
        }

        return logits;
    }

    private static void Answer(EncoderNetwork network, IReadOnlyList<TrainingRow> rows, int[] chosen, int padding, float[][] logits)
    {
        using IDisposable scope = NewDisposeScope();
        Batch batch = Batch.Of(rows, chosen, padding, network.Device);
        float[] flat = TensorFile.OfTensor(network.Forward(batch.Ids, batch.Mask, training: false)).Values;
        int labels = flat.Length / chosen.Length;
        for (int i = 0; i < chosen.Length; i++)
        {
            logits[chosen[i]] = flat[(i * labels)..((i + 1) * labels)];
        }
    }
}
