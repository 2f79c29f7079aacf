using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Looks how far a batch is, and cancels it when its run was cancelled.</summary>
public sealed class PollBatch(IProviders providers, RunGuard guard) : IActivity<BatchStepInput, BatchProgress>
{
    public async Task<BatchProgress> RunAsync(BatchStepInput input, CancellationToken cancellation)
    {
        IBatchInference batches = providers.Get(input.Part.Candidate.Provider).Batches!;
        ProviderBatch batch = await batches.GetBatchAsync(input.BatchId, cancellation)
            ?? throw new FlowException(FailureKind.NotFound, $"{input.Part.Candidate.Provider} no longer knows the batch {input.BatchId}", "Rerun to ask again");
        if (await guard.CancellationAsync(input.Part.RunId, cancellation) is { } cancelled)
        {
            if (!batch.HasEnded)
            {
                await batches.CancelBatchAsync(input.BatchId, cancellation);
            }

            throw new FlowException(cancelled);
        }

        return batch.State == BatchState.Failed
            ? throw new FlowException(
                FailureKind.JobFailed, $"The batch {batch.Id} was refused: {string.Join("; ", batch.Errors.Take(3))}", "Set evaluation.mode to online, or rerun")
            : new BatchProgress(batch.RawState, batch.Completed, batch.Total, batch.HasEnded);
    }
}

public sealed record BatchStepInput(BatchPartInput Part, string BatchId);

/// <param name="State">The service's word.</param>
/// <param name="Done">Rows answered.</param>
/// <param name="Total">Rows asked.</param>
/// <param name="Ended">Also where the day ran out: what is missing then is asked online.</param>
public sealed record BatchProgress(string State, int? Done, int? Total, bool Ended);
