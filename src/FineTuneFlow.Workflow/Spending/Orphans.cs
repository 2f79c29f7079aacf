using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>Finds and cancels what a run has left under way at its providers: by the run's stamp on jobs and batches, or by
/// the names of the files that its jobs train on, so also what was made by a call whose answer was lost.</summary>
public sealed class Orphans(IBlobStore store, IContainerJobs containers, ContainerStarts starts, ContainerRequests requests, LeftJobs jobs, TimeProvider time)
{
    /// <param name="recipe">Its recipe.</param>
    /// <param name="providers">Those that it has used.</param>
    /// <param name="notes">Takes what was cancelled, for the record, also where this ends with an exception.</param>
    /// <exception cref="FlowException">Ambiguous: a creation in doubt may still come to light; look again after RetryAfter.</exception>
    public async Task CancelAsync(
        string runId, Recipe recipe, ImmutableArray<IFineTuningProvider> providers, ImmutableArray<string>.Builder notes, CancellationToken cancellation)
    {
        // Before looking: what shows up while it is looked for may be missed.
        TimeSpan? jobsInDoubt = await InDoubtAsync<SubmittedJob>(RunPaths.JobsPrefix(runId), ".intent.json", providers, cancellation);
        TimeSpan? batchesInDoubt = await InDoubtAsync<SubmittedBatch>(RunPaths.BatchesPrefix(runId), ".json", providers, cancellation);
        bool jobsEnded = true;
        foreach (IFineTuningProvider provider in providers)
        {
            // A run that asked for nothing has nothing there to look for; a provider that cannot be reached then is no failure.
            if (jobsInDoubt is not null)
            {
                jobsEnded &= await jobs.EndAsync(runId, provider, notes, cancellation);
            }

            if (batchesInDoubt is not null && provider.Batches is { } batches)
            {
                await CancelBatches(runId, batches, provider.Facts.Name, notes, cancellation);
            }
        }

        foreach (BaselineRecipe baseline in recipe.Baselines.Where(b => b.Kind != BaselineKind.Linear))
        {
            await CancelContainer(runId, baseline.Name, notes, cancellation);
        }

        if (!jobsEnded)
        {
            throw new FlowException(
                FailureKind.Ambiguous, "A job is being cancelled; what it has trained until then is paid for", "It is looked at again shortly");
        }

        TimeSpan left = jobsInDoubt > batchesInDoubt ? jobsInDoubt.Value : batchesInDoubt ?? jobsInDoubt ?? TimeSpan.Zero;
        if (left > TimeSpan.Zero)
        {
            throw new FlowException(new Failure(
                FailureKind.Ambiguous, "A creation lost its answer; what it made may still come to light at the provider", "It is looked for again shortly", RetryAfter: left));
        }
    }

    private static async Task CancelBatches(
        string runId, IBatchInference batches, string provider, ImmutableArray<string>.Builder notes, CancellationToken cancellation)
    {
        await foreach (ProviderBatch batch in batches.FindBatchesAsync(JobMetadata.OfRun(runId), cancellation))
        {
            if (!batch.HasEnded && batch.State != BatchState.Cancelling)
            {
                await batches.CancelBatchAsync(batch.Id, cancellation);
                notes.Add($"Cancelled the batch {batch.Id} at {provider}, which nobody waited for any more");
            }
        }
    }

    private async Task CancelContainer(string runId, string baseline, ImmutableArray<string>.Builder notes, CancellationToken cancellation)
    {
        if (await requests.FindAsync(runId, baseline, cancellation) is { } request
            && await starts.FindLastAsync(request, cancellation) is { HasEnded: false } execution)
        {
            await containers.CancelAsync(request, execution.Id, cancellation);
            notes.Add($"Stopped the container {execution.Id} of {baseline}, which nobody waited for any more");
        }
    }

    /// <summary>Whether anything was asked for, and for how long its outcome is still in doubt.</summary>
    /// <returns>Null: nothing was asked for; zero: nothing is in doubt.</returns>
    private async Task<TimeSpan?> InDoubtAsync<T>(
        string prefix, string suffix, ImmutableArray<IFineTuningProvider> providers, CancellationToken cancellation)
        where T : class
    {
        TimeSpan? longest = null;
        SpendGrace[] graces = [.. providers.Select(p => SpendGrace.OfPaid(p.Facts))];
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, prefix, cancellation))
        {
            if (entry.Path.Name.EndsWith(suffix, StringComparison.Ordinal)
                && (await store.FindJsonAsync<SpendRecord<T>>(entry.Path, cancellation))?.Value is { } record)
            {
                TimeSpan left = graces.Select(g => g.Left(record.State, record.At, time.GetUtcNow())).DefaultIfEmpty().Max();
                longest = left > (longest ?? TimeSpan.Zero) ? left : longest ?? TimeSpan.Zero;
            }
        }

        return longest;
    }
}
