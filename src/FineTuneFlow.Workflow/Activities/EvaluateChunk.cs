using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Asks a model for the rows of one chunk and stores the answers under their row ids. A stored chunk is never asked
/// again.</summary>
public sealed class EvaluateChunk(
    IBlobStore store, IProviders providers, ModelThrottle throttle, RunGuard guard, Shots shots, FlowTelemetry telemetry)
    : IActivity<EvaluateChunkInput, ChunkResult>
{
    public Task<ChunkResult> RunAsync(EvaluateChunkInput input, CancellationToken cancellation) =>
        telemetry.ObserveAsync(nameof(EvaluateChunk), input.RunId, input.Candidate.Name, null, async () =>
        {
            BlobPath target = RunPaths.Predictions(input.RunId, input.Candidate.Name, input.Chunk);
            await using (BlobRead? stored = await store.OpenAsync(target, cancellation))
            {
                if (stored is not null)
                {
                    return new ChunkResult(input.Chunk);
                }
            }

            await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
            DatasetRow[] rows = await JudgedRows.ReadAsync(store, RunPaths.Chunk(input.RunId, input.Chunk), cancellation);
            Prediction[] predictions = await Ask(input, rows, cancellation);
            await store.WriteBytesAsync(target, Lines(predictions), cancellation: cancellation);
            telemetry.RowsScored(input.Candidate.Provider, rows.Length);
            return new ChunkResult(input.Chunk);
        });

    private async Task<Prediction[]> Ask(EvaluateChunkInput input, DatasetRow[] rows, CancellationToken cancellation)
    {
        Recipe recipe = await RunRecipes.ReadAsync(store, input.RunId, cancellation);
        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(input.RunId), cancellation);
        CandidateRecipe candidate = input.Candidate.Origin is { } origin
            ? await RunRecipes.CandidateAsync(store, origin.RunId, origin.Candidate, cancellation)
            : await RunRecipes.CandidateAsync(store, input.RunId, input.Candidate.Name, cancellation);
        ImmutableArray<DatasetRow> examples = await shots.DrawAsync(input.Candidate.Origin?.RunId ?? input.RunId, candidate, recipe.Dataset.Split.Seed, cancellation);
        var composer = new QuestionComposer(candidate, input.Candidate.Model, manifest.Labels, examples);
        IFineTuningProvider provider = providers.Get(input.Candidate.Provider);
        var predictions = new Prediction[rows.Length];
        // Answers come in any order; each lands at its own row's place, under its own row's id.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, rows.Length),
            new ParallelOptions { MaxDegreeOfParallelism = recipe.Evaluation.MaxConcurrency, CancellationToken = cancellation },
            async (i, stop) => predictions[i] = await AskOne(provider, composer, manifest.Labels, input.Model, rows[i], stop));
        return predictions;
    }

    private async Task<Prediction> AskOne(
        IFineTuningProvider provider, QuestionComposer composer, LabelSet labels, string model, DatasetRow row, CancellationToken cancellation)
    {
        try
        {
            ModelAnswer answer = await throttle.AskAsync(provider, composer.Ask(model, row.Text), cancellation);
            return AnswerParser.Parse(row.Id, labels, answer, composer.Style);
        }
        catch (FlowException error) when (error.Failure.Kind == FailureKind.InvalidInput)
        {
            // This one text is refused (too long, filtered): a counted error, and the others go on.
            return new Prediction { Id = row.Id, Error = PredictionError.Failed };
        }
    }

    private static byte[] Lines(IEnumerable<Prediction> predictions)
    {
        using var lines = new MemoryStream();
        foreach (Prediction prediction in predictions)
        {
            JsonSerializer.Serialize(lines, prediction, FlowJson.Compact);
            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }
}

/// <param name="RunId">The run.</param>
/// <param name="Candidate">As planned.</param>
/// <param name="Model">What is asked: a fine-tune, a deployment or an untuned model.</param>
/// <param name="Chunk">From 0.</param>
public sealed record EvaluateChunkInput(string RunId, PlannedCandidate Candidate, string Model, int Chunk);

public sealed record ChunkResult(int Chunk);
