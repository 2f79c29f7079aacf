using System.Collections.Immutable;
using System.Diagnostics;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>A linear model's answer in the form of every other candidate's.</summary>
internal static class LinearPrediction
{
    public static Prediction Of(LinearClassifier model, string id, string text)
    {
        long started = Stopwatch.GetTimestamp();
        double[] probabilities = model.Probabilities(text);
        int best = Array.IndexOf(probabilities, probabilities.Max());
        return new Prediction
        {
            Id = id,
            Label = model.Labels[best],
            Probabilities = model.Labels.Select((label, i) => KeyValuePair.Create(label, probabilities[i])).ToImmutableSortedDictionary(StringComparer.Ordinal),
            OtherMass = 0,
            LatencyMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds,
        };
    }
}
