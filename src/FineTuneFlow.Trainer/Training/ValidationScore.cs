namespace FineTuneFlow.Trainer.Training;

/// <param name="Accuracy">Share of rows answered rightly.</param>
/// <param name="Loss">Mean cross-entropy in nats, every class counting alike.</param>
internal sealed record ValidationScore(double Accuracy, double Loss)
{
    /// <summary>By accuracy, as runs are judged; of equal ones the lower loss.</summary>
    public bool IsBetterThan(ValidationScore? other) =>
        other is null || Accuracy > other.Accuracy || (Accuracy == other.Accuracy && Loss < other.Loss);

    public static ValidationScore Of(IReadOnlyList<float[]> logits, IReadOnlyList<int> labels)
    {
        int right = 0;
        double loss = 0;
        for (int row = 0; row < logits.Count; row++)
        {
            float[] scores = logits[row];
            double highest = scores.Max();
            loss += Math.Log(scores.Sum(score => Math.Exp(score - highest))) + highest - scores[labels[row]];
            right += Array.IndexOf(scores, (float)highest) == labels[row] ? 1 : 0;
        }

        return new ValidationScore((double)right / logits.Count, loss / logits.Count);
    }
}
