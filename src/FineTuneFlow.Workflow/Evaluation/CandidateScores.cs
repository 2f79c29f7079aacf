using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>Scores a candidate's stored predictions against the judged rows, joined by row id.</summary>
public sealed class CandidateScores(IBlobStore store, IProviders providers, RunPrices prices)
{
    /// <param name="name">Candidate or baseline; of a checkpoint, <see cref="PlannedCandidate.AnswersAs"/>.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="asked">The candidate that was asked at a provider; null for baselines, whose answers cost nothing.</param>
    public async Task<CandidateScore> ScoreAsync(
        string runId, string name, OutcomeKind kind, PlannedCandidate? asked, CancellationToken cancellation)
    {
        EvaluationPlan plan = await store.ReadJsonAsync<EvaluationPlan>(RunPaths.AskedPlan(runId, asked), cancellation);
        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(runId), cancellation);
        DatasetRow[] rows = await JudgedRows.ReadAsync(store, BlobPath.Parse(plan.Source), cancellation);
        List<Prediction> predictions = await PredictionsAsync(runId, name, cancellation);
        Metrics metrics = Scoring.Score(manifest.Labels, rows, predictions);
        bool batch = (await RunRecipes.ReadAsync(store, runId, cancellation)).Evaluation.Mode == EvaluationMode.Batch && asked?.Asked is null;
        ProviderFacts? provider = asked is null ? null : providers.Get(asked.Provider).Facts;
        CandidateCost cost = provider is null ? new CandidateCost() : prices.Evaluation(provider, asked!, batch, predictions);
        await store.WriteJsonAsync(RunPaths.Scores(runId, name), metrics, cancellation: cancellation);
        return new CandidateScore(
            name,
            kind,
            rows.Length,
            metrics.Accuracy,
            predictions.Count(p => p.Error is not null),
            cost.EvaluationPromptTokens ?? 0,
            cost.EvaluationCompletionTokens ?? 0,
            cost.EvaluationUsd,
            cost.Simulated,
            predictions.Count(p => p.PaidBefore),
            provider is null ? 0 : prices.PaidBefore(provider, asked!, batch, predictions));
    }

    public Task<List<Prediction>> PredictionsAsync(string runId, string name, CancellationToken cancellation) =>
        PredictionsAsync(store, runId, name, cancellation);

    /// <summary>A candidate's stored predictions.</summary>
    public static async Task<List<Prediction>> PredictionsAsync(IBlobStore store, string runId, string name, CancellationToken cancellation)
    {
        var predictions = new List<Prediction>();
        await foreach (BlobEntry chunk in store.ListAsync(RunPaths.Runs, RunPaths.PredictionsPrefix(runId, name), cancellation))
        {
            predictions.AddRange(await store.ReadLinesAsync<Prediction>(chunk.Path, cancellation));
        }

        // A step that was done again after an update may have left the same answers packed and as they were kept before.
        return [.. predictions.DistinctBy(answer => answer.Id)];
    }
}

/// <param name="Name">Candidate or baseline.</param>
/// <param name="Rows">Judged rows.</param>
/// <param name="Accuracy">Share of them answered rightly; an error counts as wrong.</param>
/// <param name="Errors">Rows without an answer.</param>
/// <param name="PromptTokens">Of the evaluation, as billed.</param>
/// <param name="CompletionTokens">Of the evaluation, as billed.</param>
/// <param name="CostUsd">Of the evaluation; the list price where simulated.</param>
/// <param name="Simulated">Nothing was paid.</param>
/// <param name="PaidBefore">Answers that an earlier run has had.</param>
/// <param name="PaidBeforeUsd">Their part of <paramref name="CostUsd"/>.</param>
/// <param name="MadeBy">The earlier run whose container's outputs were taken over; null: this run's own.</param>
/// <param name="InBatchesOnly">Asked in batches against the recipe, as the service answers the model in no other way.</param>
public sealed record CandidateScore(
    string Name,
    OutcomeKind Kind,
    int Rows,
    double Accuracy,
    int Errors,
    long PromptTokens,
    long CompletionTokens,
    double CostUsd,
    bool Simulated,
    int PaidBefore = 0,
    double PaidBeforeUsd = 0,
    string? MadeBy = null,
    bool InBatchesOnly = false);
