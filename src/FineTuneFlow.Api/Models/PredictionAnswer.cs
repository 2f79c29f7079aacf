using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Api.Models;

/// <param name="Label">Null where the model gave none.</param>
/// <param name="Probabilities">By label, where the model gives them.</param>
/// <param name="Error">Why there is no label.</param>
/// <param name="Version">Of the champion that answered; 0: the challenger.</param>
/// <param name="Model">Which model answered.</param>
/// <param name="LatencyMs">Milliseconds from asking the model to its answer.</param>
/// <param name="CostUsd">What the answer cost: 0 for models of our own, the list price where simulated; null where no price is known.</param>
/// <param name="PromptTokens">As counted by the provider.</param>
/// <param name="CompletionTokens">As counted by the provider.</param>
public sealed record PredictionAnswer(
    string? Label,
    ImmutableSortedDictionary<string, double>? Probabilities,
    PredictionError? Error,
    int Version,
    string Model,
    double? LatencyMs,
    double? CostUsd,
    int? PromptTokens,
    int? CompletionTokens)
{
    public static PredictionAnswer Of(ServedAnswer served) => new(
        served.Answer.Label,
        served.Answer.Probabilities,
        served.Answer.Error,
        served.Version.Version,
        served.Version.Model,
        served.Answer.LatencyMs,
        served.CostUsd,
        served.Answer.PromptTokens,
        served.Answer.CompletionTokens);
}

/// <param name="Answers">One a text, in their order.</param>
public sealed record PredictionAnswers(IReadOnlyList<PredictionAnswer> Answers);
