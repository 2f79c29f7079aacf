using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>What the batches of a run have answered until they were cancelled is paid for, though nobody waits for it any more: it is
/// taken over, so that it is counted.</summary>
public sealed class LeftBatches(IBlobStore store, IProviders providers, BatchAnswers answers)
{
    /// <exception cref="FlowException">Ambiguous: a batch is being cancelled, and may still answer; call again a little later.</exception>
    public async Task CollectAsync(string runId, IReadOnlyCollection<string> judged, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(runId), cancellation) is not { Value: var evaluation }
            || await store.FindJsonAsync<RunPlan>(RunPaths.Plan(runId), cancellation) is not { Value: var plan })
        {
            return;
        }

        foreach (PlannedCandidate candidate in plan.Candidates.Where(c => !judged.Contains(c.Name) && providers.All.Any(p => p.Name == c.Provider)))
        {
            if (providers.Get(candidate.Provider).Batches is { } batches)
            {
                foreach (BatchPartInput part in evaluation.BatchParts(runId, candidate, candidate.Model))
                {
                    await CollectAsync(batches, part, cancellation);
                }
            }
        }
    }

    private async Task CollectAsync(IBatchInference batches, BatchPartInput part, CancellationToken cancellation)
    {
        BlobPath intent = RunPaths.BatchIntent(part.RunId, part.Candidate.Name, part.Part, "batch");
        if (!await store.ExistsAsync(intent, cancellation) || await answers.AreTakenAsync(part, cancellation))
        {
            return;
        }

        await foreach (ProviderBatch batch in batches.FindBatchesAsync(JobMetadata.OfPart(part), cancellation))
        {
            if (!batch.HasEnded)
            {
                throw new FlowException(
                    FailureKind.Ambiguous, $"The batch {batch.Id} is being cancelled; what it has answered until then is paid for", "It is looked at again shortly");
            }

            if (batch.State != BatchState.Failed)
            {
                await answers.TakeAsync(batches, batch, part, cancellation);
            }
        }
    }
}
