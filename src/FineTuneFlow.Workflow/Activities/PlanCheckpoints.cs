using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Which checkpoints of a job can be asked, and about which rows of the validation split: the same for every candidate. The holdout
/// is not looked at: it judges what was chosen without it.</summary>
public sealed class PlanCheckpoints(IBlobStore store, IProviders providers) : IActivity<PlanCheckpointsInput, CheckpointPlan>
{
    public async Task<CheckpointPlan> RunAsync(PlanCheckpointsInput input, CancellationToken cancellation)
    {
        ProviderFacts provider = providers.Get(input.Candidate.Provider).Facts;
        ImmutableArray<CurveCheckpoint> kept =
            (await store.FindJsonAsync<ImmutableArray<CurveCheckpoint>>(RunPaths.Checkpoints(input.RunId, input.Candidate.Name), cancellation))?.Value ?? [];
        var all = kept.OrderBy(one => one.Step).ToList();
        if (all.All(one => one.Model != input.Model))
        {
            // Some services list the finished model as the last checkpoint, some only those before it.
            int last = await LastStepAsync(input.RunId, input.Candidate.Name, cancellation);
            all.Add(new CurveCheckpoint(Math.Max(last, all.Count == 0 ? 1 : all[^1].Step + 1), input.Model));
        }

        return new CheckpointPlan([.. all.TakeLast(Math.Max(1, provider.ServedCheckpoints))], await RowsAsync(input.RunId, cancellation), provider.NeedsDeployment);
    }

    private async Task<EvaluationPlan> RowsAsync(string runId, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<EvaluationPlan>(RunPaths.ValidationPlan(runId), cancellation) is { } done)
        {
            return done.Value;
        }

        Recipe recipe = await RunRecipes.ReadAsync(store, runId, cancellation);
        BlobPath source = RunPaths.Rows(runId, Split.Validation);
        DatasetRow[] rows = await JudgedRows.ReadAsync(store, source, cancellation);
        if (recipe.Evaluation.SampleRows is { } wanted && wanted < rows.Length)
        {
            rows = [.. HoldoutSample.Draw(rows, wanted, recipe.Dataset.Split.Seed)];
            source = RunPaths.ValidationRows(runId);
            await store.WriteLinesAsync(source, rows, cancellation);
        }

        int chunks = 0;
        foreach (DatasetRow[] chunk in rows.Chunk(recipe.Evaluation.ChunkRows))
        {
            await store.WriteLinesAsync(RunPaths.ValidationChunk(runId, chunks++), chunk, cancellation);
        }

        // Asked one by one also where the holdout goes through batches: the choice is waited for, and a batch may take a day.
        var plan = new EvaluationPlan(source.ToString(), rows.Length, chunks, recipe.Evaluation.ChunkRows, Batch: false, Changes: []);
        await store.WriteJsonAsync(RunPaths.ValidationPlan(runId), plan, cancellation: cancellation);
        return plan;
    }

    private async Task<int> LastStepAsync(string runId, string candidate, CancellationToken cancellation) =>
        await store.ExistsAsync(RunPaths.Curve(runId, candidate), cancellation)
        && TrainingCurveFile.TryRead(Encoding.UTF8.GetString(await store.ReadBytesAsync(RunPaths.Curve(runId, candidate), cancellation)), out ImmutableArray<TrainingPoint> points)
        && points.Length > 0
            ? points.Max(point => point.Step)
            : 0;
}

/// <param name="Candidate">As planned.</param>
/// <param name="Model">The finished model.</param>
public sealed record PlanCheckpointsInput(string RunId, PlannedCandidate Candidate, string Model);

/// <param name="Checkpoints">By step, the finished model last.</param>
/// <param name="Rows">Of the validation split.</param>
/// <param name="OneByOne">Each needs a deployment, which costs by the hour and counts against a quota.</param>
public sealed record CheckpointPlan(ImmutableArray<CurveCheckpoint> Checkpoints, EvaluationPlan Rows, bool OneByOne);
