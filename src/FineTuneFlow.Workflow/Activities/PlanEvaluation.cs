using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Cuts the holdout (or the sample that the recipe asks for) into chunks, the same for every candidate.</summary>
public sealed class PlanEvaluation(IBlobStore store) : IActivity<PlanEvaluationInput, EvaluationPlan>
{
    public async Task<EvaluationPlan> RunAsync(PlanEvaluationInput input, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(input.RunId), cancellation) is { } done)
        {
            return done.Value;
        }

        Recipe recipe = await RunRecipes.ReadAsync(store, input.RunId, cancellation);
        BlobPath source = RunPaths.Rows(input.RunId, Split.Test);
        DatasetRow[] rows = await JudgedRows.ReadAsync(store, source, cancellation);
        if (recipe.Evaluation.SampleRows is { } wanted && wanted < rows.Length)
        {
            rows = [.. HoldoutSample.Draw(rows, wanted, recipe.Dataset.Split.Seed)];
            source = RunPaths.Sample(input.RunId);
            await store.WriteLinesAsync(source, rows, cancellation);
        }

        int chunks = 0;
        foreach (DatasetRow[] chunk in rows.Chunk(recipe.Evaluation.ChunkRows))
        {
            await store.WriteLinesAsync(RunPaths.Chunk(input.RunId, chunks++), chunk, cancellation);
        }

        var plan = new EvaluationPlan(source.ToString(), rows.Length, chunks, recipe.Evaluation.ChunkRows, recipe.Evaluation.Mode == EvaluationMode.Batch);
        await store.WriteJsonAsync(RunPaths.EvaluationPlan(input.RunId), plan, cancellation: cancellation);
        return plan;
    }
}

public sealed record PlanEvaluationInput(string RunId);

/// <param name="Source">Blob of the judged rows.</param>
/// <param name="Rows">How many.</param>
/// <param name="Chunks">Pieces, numbered from 0.</param>
/// <param name="ChunkRows">Rows of each but the last one.</param>
/// <param name="Batch">Ask through the Batch API: half the price, up to a day.</param>
public sealed record EvaluationPlan(string Source, int Rows, int Chunks, int ChunkRows, bool Batch);
