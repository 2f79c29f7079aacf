using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Workflow.Models;

namespace FineTuneFlow.Workflow.Watching;

/// <param name="Version">Who answered.</param>
/// <param name="Answer">What.</param>
/// <param name="CostUsd">0 for models of our own; the list price where simulated; null where no price is known.</param>
/// <param name="Simulated">Nothing was paid.</param>
public sealed record ServedAnswer(ChampionVersion Version, Prediction Answer, double? CostUsd, bool Simulated);
