using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Takes a batch's answers over, by row id, cut into chunks. Rows that it did not answer (its day ran out, a fault of the
/// service) are left to be asked online.</summary>
public sealed class CollectBatch(IBlobStore store, IProviders providers, CandidateQuestions questions) : IActivity<BatchStepInput, Unit>
{
    public async Task<Unit> RunAsync(BatchStepInput input, CancellationToken cancellation)
    {
        BatchPartInput part = input.Part;
        IBatchInference batches = providers.Get(part.Candidate.Provider).Batches!;
        ProviderBatch batch = await batches.GetBatchAsync(input.BatchId, cancellation)
            ?? throw new FlowException(FailureKind.NotFound, $"{part.Candidate.Provider} no longer knows the batch {input.BatchId}");
        (QuestionComposer composer, _, LabelSet labels) = await questions.OfAsync(part.RunId, part.Candidate, cancellation);
        var answers = new Dictionary<string, Prediction>();
        await foreach (BatchAnswer answer in batches.ReadAnswersAsync(batch, cancellation))
        {
            if (answer.Answer is not null)
            {
                // A batch has no latency for a row.
                answers[answer.Id] = AnswerParser.Parse(answer.Id, labels, answer.Answer, composer.Style) with { LatencyMs = null };
            }
            else if (answer.Failure is { IsRetryable: false })
            {
                answers[answer.Id] = new Prediction { Id = answer.Id, Error = PredictionError.Failed };
            }
        }

        for (int chunk = part.FirstChunk; chunk < part.FirstChunk + part.Chunks; chunk++)
        {
            DatasetRow[] rows = await JudgedRows.ReadAsync(store, RunPaths.Chunk(part.RunId, chunk), cancellation);
            await store.WriteLinesAsync(
                RunPaths.Answers(part.RunId, part.Candidate.Name, chunk),
                rows.Select(r => answers.GetValueOrDefault(r.Id)).OfType<Prediction>(),
                cancellation);
        }

        return Unit.Value;
    }
}
