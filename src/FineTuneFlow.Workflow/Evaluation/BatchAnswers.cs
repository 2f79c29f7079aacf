using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>Takes a batch's answers over, by row id, cut into chunks.</summary>
public sealed class BatchAnswers(IBlobStore store, CandidateQuestions questions)
{
    public async Task TakeAsync(IBatchInference batches, ProviderBatch batch, BatchPartInput part, CancellationToken cancellation)
    {
        (QuestionComposer composer, _, LabelSet labels) = await questions.OfAsync(part.RunId, part.Candidate, cancellation);
        var answers = new Dictionary<string, Prediction>();
        await foreach (BatchAnswer answer in batches.ReadAnswersAsync(batch, cancellation))
        {
            if (answer.Answer is not null)
            {
                // A batch has no latency for a row.
                answers[answer.Id] = AnswerParser.Parse(answer.Id, labels, answer.Answer, composer.Style) with { LatencyMs = null, Batched = true };
            }
            else if (answer.Failure is { IsRetryable: false })
            {
                answers[answer.Id] = new Prediction { Id = answer.Id, Error = PredictionError.Failed, Batched = true };
            }
        }

        for (int chunk = part.FirstChunk; chunk < part.FirstChunk + part.Chunks; chunk++)
        {
            BlobPath kept = RunPaths.Answers(part.RunId, part.Candidate.Name, chunk);
            DatasetRow[] rows = await JudgedRows.ReadAsync(store, RunPaths.Chunk(part.RunId, chunk), cancellation);
            // What was asked one by one before the batch was not in it.
            foreach (Prediction had in await store.ReadLinesAsync<Prediction>(kept, cancellation))
            {
                answers.TryAdd(had.Id, had);
            }

            await store.WriteLinesAsync(kept, rows.Select(r => answers.GetValueOrDefault(r.Id)).OfType<Prediction>(), cancellation);
        }
    }

    /// <summary>Whether the answers of a part have been taken over.</summary>
    public Task<bool> AreTakenAsync(BatchPartInput part, CancellationToken cancellation) =>
        store.ExistsAsync(RunPaths.Answers(part.RunId, part.Candidate.Name, part.FirstChunk + part.Chunks - 1), cancellation);
}
