using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Leaves nothing at the providers that still costs: cancels jobs that nobody waits for any more (also one whose
/// creation lost its answer), removes deployments, deletes uploaded files where the recipe says so.</summary>
public sealed class CleanUp(IBlobStore store, IProviders providers, Deployments deployments, JobSlots slots) : IActivity<CleanUpInput, CleanUpResult>
{
    public async Task<CleanUpResult> RunAsync(CleanUpInput input, CancellationToken cancellation)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        double hosting = 0;
        await foreach (BlobEntry record in store.ListAsync(RunPaths.Runs, $"{input.RunId}/deployments/", cancellation))
        {
            hosting += await deployments.RemoveAsync(record.Path, cancellation);
        }

        if (await store.FindJsonAsync<Recipe>(RunPaths.Recipe(input.RunId), cancellation) is not { Value: var recipe })
        {
            return new CleanUpResult(hosting, notes.ToImmutable());
        }

        foreach (string name in recipe.Candidates.Select(c => c.Provider ?? providers.Default).Distinct())
        {
            if (providers.All.All(p => p.Name != name))
            {
                continue;
            }

            await CancelOrphans(input.RunId, providers.Get(name), notes, cancellation);
            foreach (CandidateRecipe candidate in recipe.Candidates)
            {
                await slots.ReleaseAsync(name, providers.Get(name).Facts.MaxJobs, input.RunId, candidate.Name, cancellation);
            }
        }

        if (recipe.Retention.DeleteUploads)
        {
            await DeleteUploads(input.RunId, cancellation);
        }

        return new CleanUpResult(hosting, notes.ToImmutable());
    }

    private async Task CancelOrphans(
        string runId, IFineTuningProvider provider, ImmutableArray<string>.Builder notes, CancellationToken cancellation)
    {
        // A run that asked this provider for nothing has nothing there to look for; a provider that cannot be reached then is no failure.
        if (!await AskedForJobs(runId, cancellation))
        {
            return;
        }

        await foreach (ProviderJob job in provider.FindJobsAsync(JobMetadata.OfRun(runId), cancellation))
        {
            if (!job.HasEnded)
            {
                await provider.CancelJobAsync(job.Id, cancellation);
                notes.Add($"Cancelled the job {job.Id} at {provider.Facts.Name}, which nobody waited for any more");
            }
        }
    }

    private async Task<bool> AskedForJobs(string runId, CancellationToken cancellation)
    {
        await foreach (BlobEntry _ in store.ListAsync(RunPaths.Runs, $"{runId}/jobs/", cancellation))
        {
            return true;
        }

        return false;
    }

    private async Task DeleteUploads(string runId, CancellationToken cancellation)
    {
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, $"{runId}/uploads/", cancellation))
        {
            SpendRecord<UploadedFile> upload = await store.ReadJsonAsync<SpendRecord<UploadedFile>>(entry.Path, cancellation);
            if (upload.Result is { } file)
            {
                try
                {
                    await providers.Get(file.Provider).DeleteFileAsync(file.FileId, cancellation);
                }
                catch (FlowException error) when (!error.Failure.IsRetryable)
                {
                    // The file is the provider's business then; the run's end does not hang on it.
                }
            }
        }
    }
}

public sealed record CleanUpInput(string RunId);

/// <param name="HostingUsd">Of deployments that were removed only now.</param>
/// <param name="Notes">For the record.</param>
public sealed record CleanUpResult(double HostingUsd, ImmutableArray<string> Notes);
