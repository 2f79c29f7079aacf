using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Inference;

namespace FineTuneFlow.Simulator.Models;

/// <summary>A tuned model ready to answer.</summary>
internal sealed record LoadedModel(TunedModel Model, LinearClassifier Classifier)
{
    /// <summary>The answers it can give, as tokens; in the order of the classifier's labels.</summary>
    public AnswerSet Answers { get; } = new(Classifier.Labels);
}
