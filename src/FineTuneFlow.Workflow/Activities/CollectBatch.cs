using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Takes a batch's answers over. Rows that it did not answer (its day ran out, a fault of the service) are left to be asked
/// online.</summary>
public sealed class CollectBatch(IProviders providers, BatchAnswers answers) : IActivity<BatchStepInput, Unit>
{
    public async Task<Unit> RunAsync(BatchStepInput input, CancellationToken cancellation)
    {
        string provider = input.Part.Candidate.Provider;
        IBatchInference batches = providers.Get(provider).Batches!;
        ProviderBatch batch = await batches.GetBatchAsync(input.BatchId, cancellation)
            ?? throw new FlowException(FailureKind.NotFound, $"{provider} no longer knows the batch {input.BatchId}");
        await answers.TakeAsync(batches, batch, input.Part, cancellation);
        return Unit.Value;
    }
}
