using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Asks a model for the rows of one chunk and stores the answers under their row ids. A stored chunk is never asked
/// again; of two deliveries at once one asks and the other waits; and what an attempt that broke off, a batch, or the run that a
/// rerun repeats has answered is not asked here.</summary>
public sealed class EvaluateChunk(
    IBlobStore store,
    IProviders providers,
    ModelThrottle throttle,
    RunGuard guard,
    SpendOnce once,
    CandidateQuestions questions,
    EarlierAnswers earlier,
    FlowTelemetry telemetry,
    TimeProvider time)
    : IActivity<EvaluateChunkInput, ChunkResult>
{
    private static readonly TimeSpan SpreadingTime = TimeSpan.FromMinutes(15);

    public async Task<ChunkResult> RunAsync(EvaluateChunkInput input, CancellationToken cancellation)
    {
        BlobPath target = RunPaths.Predictions(input.RunId, input.Candidate.AnswersAs, input.Chunk);
        IFineTuningProvider provider = providers.Get(input.Candidate.Provider);
        if (await store.ExistsPackedAsync(target, cancellation))
        {
            return new ChunkResult(input.Chunk);
        }

        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        BlobPath intent = RunPaths.ChunkIntent(input.RunId, input.Candidate.AnswersAs, input.Chunk);
        return await once.HoldAsync(intent, SpendGrace.OfQuestions(provider.Facts), async () =>
        {
            // Another delivery may have stored it between the first look and our intent.
            if (!await store.ExistsPackedAsync(target, cancellation))
            {
                // Looked at again: a run that ends from here on sees the intent, and waits for what is asked.
                await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
                try
                {
                    await AskAndStore(input, provider, target, cancellation);
                }
                catch (FlowException refused) when (refused.Failure.Kind == FailureKind.Forbidden && IsInBatchesOnly(input, provider))
                {
                    // Not a failure of the step but an answer: the orchestration hands the rows to the Batch API.
                    return new ChunkResult(input.Chunk, InBatchesOnly: true);
                }
            }

            return new ChunkResult(input.Chunk);
        }, cancellation);
    }

    private async Task AskAndStore(EvaluateChunkInput input, IFineTuningProvider provider, BlobPath target, CancellationToken cancellation)
    {
        DatasetRow[] rows = await JudgedRows.ReadAsync(store, RunPaths.AskedChunk(input.RunId, input.Candidate, input.Chunk), cancellation);
        Prediction[] predictions = await Ask(input, provider, rows, cancellation);
        await store.WriteLinesAsync(target, predictions, cancellation);
        telemetry.RowsScored(input.Candidate.Provider, rows.Length);
        telemetry.Tokens(input.Candidate.Provider, "input", predictions.Where(p => !p.PaidBefore).Sum(p => (long)(p.PromptTokens ?? 0)));
        telemetry.Tokens(input.Candidate.Provider, "output", predictions.Where(p => !p.PaidBefore).Sum(p => (long)(p.CompletionTokens ?? 0)));
    }

    private async Task<Prediction[]> Ask(EvaluateChunkInput input, IFineTuningProvider provider, DatasetRow[] rows, CancellationToken cancellation)
    {
        (QuestionComposer composer, Recipe recipe, LabelSet labels) = await questions.OfAsync(input.RunId, input.Candidate, cancellation);
        BlobPath had = RunPaths.Answers(input.RunId, input.Candidate.AnswersAs, input.Chunk);
        Dictionary<string, Prediction> answered = (await store.ReadLinesAsync<Prediction>(had, cancellation)).ToDictionary(p => p.Id);
        foreach ((string row, Prediction answer) in await earlier.OfAsync(input.RunId, input.Candidate, input.Chunk, cancellation))
        {
            answered.TryAdd(row, answer);
        }

        Prediction?[] predictions = [.. rows.Select(row => answered.GetValueOrDefault(row.Id))];
        if (predictions.Contains(null) && IsInBatchesOnly(input, provider))
        {
            throw new FlowException(FailureKind.Forbidden, $"{provider.Facts.Name} answers {input.Model} in batches only");
        }

        bool isNew = input.Candidate.Trains && await IsNewAsync(input, cancellation);
        try
        {
            // Answers come in any order; each lands at its own row's place, under its own row's id.
            await Parallel.ForEachAsync(
                Enumerable.Range(0, rows.Length).Where(i => predictions[i] is null),
                new ParallelOptions { MaxDegreeOfParallelism = recipe.Evaluation.MaxConcurrency, CancellationToken = cancellation },
                // Those under way when another one fails are waited for, not cut off: their answers are paid for.
                async (i, _) => predictions[i] = await AskOne(provider, composer, labels, input.Model, rows[i], isNew, cancellation));
        }
        catch when (predictions.Count(p => p is not null) > answered.Count)
        {
            // Paid for: the next attempt asks only what is missing.
            await store.WriteLinesAsync(had, predictions.OfType<Prediction>(), CancellationToken.None);
            throw;
        }

        return predictions!;
    }

    private async Task<Prediction> AskOne(
        IFineTuningProvider provider, QuestionComposer composer, LabelSet labels, string model, DatasetRow row, bool isNew, CancellationToken cancellation)
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
        catch (FlowException error) when (error.Failure.Kind == FailureKind.NotFound && isNew)
        {
            throw new FlowException(error.Failure with { Kind = FailureKind.Unavailable, Message = $"{error.Failure.Message} yet", RetryAfter = TimeSpan.FromSeconds(5) }, error);
        }
    }

    /// <summary>Whether the rows are to go through the Batch API, as the service has refused anything else. Checkpoints are chosen while
    /// somebody waits, and do without.</summary>
    private static bool IsInBatchesOnly(EvaluateChunkInput input, IFineTuningProvider provider) =>
        input.Candidate.Asked is null && provider.Batches?.AnswersOnly(input.Model) == true;

    /// <summary>A model that was trained a moment ago may not be known everywhere at once.</summary>
    private async Task<bool> IsNewAsync(EvaluateChunkInput input, CancellationToken cancellation) =>
        await store.FindJsonAsync<ProviderJob>(RunPaths.Job(input.RunId, input.Candidate.Name), cancellation) is { Value.FinishedAt: { } finished }
        && time.GetUtcNow() - finished < SpreadingTime;
}

/// <param name="Candidate">As planned.</param>
/// <param name="Model">What is asked: a fine-tune, a deployment or an untuned model.</param>
/// <param name="Chunk">From 0.</param>
public sealed record EvaluateChunkInput(string RunId, PlannedCandidate Candidate, string Model, int Chunk);

/// <param name="Chunk">From 0.</param>
/// <param name="InBatchesOnly">It was not asked to its end: the service answers the model through its Batch API only.</param>
public sealed record ChunkResult(int Chunk, bool InBatchesOnly = false);
