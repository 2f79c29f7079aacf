using System.Collections.Immutable;

namespace FineTuneFlow.Encoders.Serving;

/// <summary>An encoder's answer for a text.</summary>
/// <param name="Label">The likeliest; of equal ones the first.</param>
/// <param name="Probabilities">Of each label, in the order of the classifier's labels; their sum is 1.</param>
public sealed record EncoderAnswer(string Label, ImmutableArray<double> Probabilities)
{
    /// <summary>By the softmax of the logits.</summary>
    public static EncoderAnswer Of(ReadOnlySpan<float> logits, ImmutableArray<string> labels)
    {
        double[] shares = new double[logits.Length];
        double highest = double.NegativeInfinity;
        int best = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (logits[i] > highest)
            {
                highest = logits[i];
                best = i;
            }
        }

        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            sum += shares[i] = Math.Exp(logits[i] - highest);
        }

        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] /= sum;
        }

        return new EncoderAnswer(labels[best], ImmutableArray.Create(shares));
    }
}
