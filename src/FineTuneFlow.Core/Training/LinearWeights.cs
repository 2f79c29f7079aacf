using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FineTuneFlow.Core.Training;

/// <summary>The weights of a linear classifier: one row of <see cref="Stride"/> floats for each slot, and the bias.
/// Rows are padded to whole vectors of four; sums run in the order of the slots, each lane for itself, so that neither the
/// width of a processor's registers nor fused operations can change a bit.</summary>
internal sealed class LinearWeights
{
    public LinearWeights(int classes, int slots)
    {
        Classes = classes;
        Stride = (classes + 3) & ~3;
        Bias = new float[Stride];
        Values = new float[(long)slots * Stride];
    }

    public int Classes { get; }

    /// <summary>Floats a row.</summary>
    public int Stride { get; }

    public float[] Bias { get; }

    public float[] Values { get; }

    /// <summary>A copy with room for more classes and slots, filled with zeros.</summary>
    public LinearWeights Grow(int classes, int slots)
    {
        var grown = new LinearWeights(classes, slots);
        Bias.AsSpan(0, Classes).CopyTo(grown.Bias);
        for (int slot = 0; slot < Values.Length / Stride; slot++)
        {
            Values.AsSpan(slot * Stride, Classes).CopyTo(grown.Values.AsSpan(slot * grown.Stride));
        }

        return grown;
    }

    /// <summary>Softmax of the scores of a sparse vector.</summary>
    public void Probabilities(ReadOnlySpan<int> slots, ReadOnlySpan<float> values, Span<double> probabilities)
    {
        Span<float> scores = Stride <= 256 ? stackalloc float[Stride] : new float[Stride];
        Bias.CopyTo(scores);
        ref float weight = ref MemoryMarshal.GetArrayDataReference(Values);
        ref float score = ref MemoryMarshal.GetReference(scores);
        for (int i = 0; i < slots.Length; i++)
        {
            nuint row = (nuint)((long)slots[i] * Stride);
            Vector128<float> value = Vector128.Create(values[i]);
            for (nuint k = 0; k < (nuint)Stride; k += 4)
            {
                (Vector128.LoadUnsafe(ref score, k) + (Vector128.LoadUnsafe(ref weight, row + k) * value)).StoreUnsafe(ref score, k);
            }
        }

        Softmax(scores[..Classes], probabilities);
    }

    private static void Softmax(ReadOnlySpan<float> scores, Span<double> probabilities)
    {
        double highest = scores[0];
        foreach (float score in scores)
        {
            highest = Math.Max(highest, score);
        }

        double sum = 0;
        for (int k = 0; k < scores.Length; k++)
        {
            probabilities[k] = StableMath.Exp(scores[k] - highest);
            sum += probabilities[k];
        }

        for (int k = 0; k < scores.Length; k++)
        {
            probabilities[k] /= sum;
        }
    }
}
