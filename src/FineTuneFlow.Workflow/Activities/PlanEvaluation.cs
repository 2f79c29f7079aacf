using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Cuts the holdout (or the sample that the recipe asks for) into chunks, the same for every candidate. Rows that a champion
/// of an earlier run was trained on are left out for all: it would answer them from memory, and nobody could beat it.</summary>
public sealed class PlanEvaluation(IBlobStore store, Lineage lineage, HoldoutDecisions decisions) : IActivity<PlanEvaluationInput, EvaluationPlan>
{
    /// <summary>Few as they are, the intervals and tests say so; with fewer there is nothing to say.</summary>
    private const int FewestRows = 10;

    public async Task<EvaluationPlan> RunAsync(PlanEvaluationInput input, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(input.RunId), cancellation) is { } done)
        {
            return done.Value;
        }

        Recipe recipe = await RunRecipes.ReadAsync(store, input.RunId, cancellation);
        BlobPath source = RunPaths.Rows(input.RunId, Split.Test);
        DatasetRow[] holdout = await JudgedRows.ReadAsync(store, source, cancellation);
        DatasetRow[] rows = await UnseenAsync(input.RunId, holdout, cancellation);
        int leftOut = holdout.Length - rows.Length;
        if (recipe.Evaluation.SampleRows is { } wanted && wanted < rows.Length)
        {
            rows = [.. HoldoutSample.Draw(rows, wanted, recipe.Dataset.Split.Seed)];
        }

        ImmutableArray<HoldoutChange> changes;
        (rows, changes) = await DecidedAsync(input.RunId, rows, cancellation);
        if (rows.Length < holdout.Length || !changes.IsEmpty)
        {
            source = RunPaths.Sample(input.RunId);
            await store.WriteLinesAsync(source, rows, cancellation);
        }

        int chunks = 0;
        foreach (DatasetRow[] chunk in rows.Chunk(recipe.Evaluation.ChunkRows))
        {
            await store.WriteLinesAsync(RunPaths.Chunk(input.RunId, chunks++), chunk, cancellation);
        }

        var plan = new EvaluationPlan(source.ToString(), rows.Length, chunks, recipe.Evaluation.ChunkRows, recipe.Evaluation.Mode == EvaluationMode.Batch, leftOut, changes);
        await store.WriteJsonAsync(RunPaths.EvaluationPlan(input.RunId), plan, cancellation: cancellation);
        return plan;
    }

    /// <summary>The rows with the labels that people have decided on since the drop came.</summary>
    private async Task<(DatasetRow[] Rows, ImmutableArray<HoldoutChange> Changes)> DecidedAsync(string runId, DatasetRow[] rows, CancellationToken cancellation)
    {
        if ((await store.FindJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation))?.Value is not { } run)
        {
            return (rows, []);
        }

        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(runId), cancellation);
        return HoldoutDecisions.Apply(await decisions.ListAsync(run.Project, cancellation), manifest.Labels, rows);
    }

    private async Task<DatasetRow[]> UnseenAsync(string runId, DatasetRow[] holdout, CancellationToken cancellation)
    {
        RunPlan plan = await store.ReadJsonAsync<RunPlan>(RunPaths.Plan(runId), cancellation);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        IEnumerable<ModelOrigin?> origins = plan.Candidates.Select(c => c.Origin).Concat(plan.Baselines.Select(b => b.Champion?.Origin ?? b.Origin));
        foreach (ModelOrigin origin in origins.OfType<ModelOrigin>().Distinct())
        {
            // Validation rows too: they went to the trainer, and a model may have been stopped or chosen by them.
            seen.UnionWith(await lineage.SeenAsync(origin, [Split.Train, Split.Validation], cancellation));
        }

        DatasetRow[] unseen = [.. holdout.Where(row => !seen.Contains(Lineage.TextOf(row.Id)))];
        if (unseen.Length < Math.Min(FewestRows, holdout.Length))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"The champion was trained on {holdout.Length - unseen.Length} of the {holdout.Length} rows of this run's holdout, so they cannot judge it",
                "Use the split method stable, by which a text keeps its split when data grows, or drop data that is new",
                Field: "dataset.split.method"));
        }

        return unseen;
    }
}

public sealed record PlanEvaluationInput(string RunId);
