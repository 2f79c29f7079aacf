namespace FineTuneFlow.Core.Evaluation;

/// <summary>A candidate's predictions under the name that reports give it.</summary>
public sealed record NamedPredictions(string Name, IReadOnlyList<Prediction> Predictions);
