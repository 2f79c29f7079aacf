namespace FineTuneFlow.Core.Evaluation;

public static class PredictionFacts
{
    /// <summary>Probability of the predicted label, if the model gave one.</summary>
    public static double? ProbabilityOfLabel(this Prediction prediction) =>
        prediction is { Label: { } label, Probabilities: { } probabilities } && probabilities.TryGetValue(label, out double value)
            ? value
            : null;
}
