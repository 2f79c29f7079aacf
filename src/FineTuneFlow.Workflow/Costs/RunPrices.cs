using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Costs;

/// <summary>Prices what a run has used, from the book that is in force.</summary>
public sealed class RunPrices(PriceBook book)
{
    public PriceBook Book { get; } = book;

    public CandidateCost Training(ProviderFacts provider, string model, TrainingTier? tier, long? trainedTokens) =>
        ActualCost.Of(Of(provider, model, tier) with { Tuned = true, TrainedTokens = trainedTokens }, Book);

    /// <param name="provider">Where it was asked.</param>
    /// <param name="candidate">As planned.</param>
    /// <param name="batch">All were asked through the Batch API; else those that say so of themselves.</param>
    /// <param name="predictions">With the tokens that the provider counted.</param>
    public CandidateCost Evaluation(ProviderFacts provider, PlannedCandidate candidate, bool batch, IEnumerable<Prediction> predictions)
    {
        Prediction[] all = [.. predictions];
        CandidateCost cost = Asked(provider, candidate, batch, all);
        return batch || !all.Any(p => p.Batched)
            ? cost
            : cost with
            {
                EvaluationUsd = Asked(provider, candidate, batch: true, all.Where(p => p.Batched)).EvaluationUsd
                    + Asked(provider, candidate, batch: false, all.Where(p => !p.Batched)).EvaluationUsd,
            };
    }

    private CandidateCost Asked(ProviderFacts provider, PlannedCandidate candidate, bool batch, IEnumerable<Prediction> predictions)
    {
        (long prompt, long completion) = predictions.Aggregate(
            (Prompt: 0L, Completion: 0L), (sum, p) => (sum.Prompt + (p.PromptTokens ?? 0), sum.Completion + (p.CompletionTokens ?? 0)));
        return ActualCost.Of(
            Of(provider, candidate.Model, null) with { Tuned = candidate.IsTuned, Batch = batch, PromptTokens = prompt, CompletionTokens = completion }, Book);
    }

    /// <summary>USD of those answers that an earlier run has paid for.</summary>
    public double PaidBefore(ProviderFacts provider, PlannedCandidate candidate, bool batch, IEnumerable<Prediction> predictions) =>
        Evaluation(provider, candidate, batch, predictions.Where(p => p.PaidBefore)).EvaluationUsd;

    /// <summary>USD that answers cost, asked one by one; the list price where simulated; null where no price is known.</summary>
    public double? Asking(ProviderFacts provider, string baseModel, bool tuned, long promptTokens, long completionTokens)
    {
        CandidateCost cost = ActualCost.Of(
            Of(provider, baseModel, null) with { Tuned = tuned, PromptTokens = promptTokens, CompletionTokens = completionTokens }, Book);
        return cost.Unpriced ? null : cost.EvaluationUsd;
    }

    /// <summary>All of a candidate's cost: its job, its evaluation, its deployment; and what of that an earlier run had paid.</summary>
    public CandidateCost Actual(
        ProviderFacts provider,
        PlannedCandidate candidate,
        TrainingTier? tier,
        bool batch,
        long? trainedTokens,
        IReadOnlyList<Prediction> predictions,
        (double Usd, double? Hours) hosting,
        bool trainingAdopted)
    {
        CandidateCost training = Training(provider, candidate.Model, tier, trainedTokens);
        return Evaluation(provider, candidate, batch, predictions) with
        {
            TrainedTokens = trainedTokens,
            TrainingUsd = training.TrainingUsd,
            AdoptedUsd = (trainingAdopted ? training.TrainingUsd : 0) + PaidBefore(provider, candidate, batch, predictions),
            HostingUsd = hosting.Usd,
            HostingHours = hosting.Hours,
        };
    }

    private static Usage Of(ProviderFacts provider, string model, TrainingTier? tier) =>
        new() { PriceKey = provider.PriceKey, Model = model, Tuned = false, Simulated = provider.Simulated, Tier = tier };
}
