using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Leaves nothing at the providers that still costs: removes deployments, cancels jobs, batches and containers that nobody
/// waits for any more (also ones whose creation lost its answer), deletes uploaded files where the recipe says so; and tells what
/// the run has cost beside its judged candidates.</summary>
public sealed class CleanUp(
    IBlobStore store, IProviders providers, Deployments deployments, Orphans orphans, LeftBatches batches, LeftQuestions questions, LateCosts costs, JobSlots slots)
    : IActivity<CleanUpInput, CleanUpResult>
{
    public async Task<CleanUpResult> RunAsync(CleanUpInput input, CancellationToken cancellation)
    {
        await foreach (BlobEntry record in store.ListAsync(RunPaths.Runs, RunPaths.DeploymentsPrefix(input.RunId), cancellation))
        {
            await deployments.RemoveAsync(record.Path, cancellation);
        }

        if (await store.FindJsonAsync<Recipe>(RunPaths.Recipe(input.RunId), cancellation) is not { Value: var recipe })
        {
            return new CleanUpResult([], []);
        }

        string[] used = [.. recipe.Candidates.Select(c => c.Provider ?? providers.Default).Distinct().Where(name => providers.All.Any(p => p.Name == name))];
        ImmutableArray<string> notes = await CancelAsync(input, recipe, used, cancellation);
        if (recipe.Retention.DeleteUploads)
        {
            await DeleteUploads(input.RunId, cancellation);
        }

        await questions.ThrowIfAskedAsync(input.RunId, cancellation);
        return new CleanUpResult(await costs.OfAsync(input.RunId, input.Trained, input.Judged, recipe, cancellation), notes);
    }

    /// <summary>What a look has cancelled is kept: the next one finds it ended, and would say nothing. Also where this look succeeds, what
    /// follows it in the step may have to be repeated.</summary>
    private async Task<ImmutableArray<string>> CancelAsync(CleanUpInput input, Recipe recipe, string[] used, CancellationToken cancellation)
    {
        BlobPath kept = RunPaths.CleaningNotes(input.RunId);
        ImmutableArray<string> before = (await store.FindJsonAsync<ImmutableArray<string>>(kept, cancellation))?.Value ?? [];
        ImmutableArray<string>.Builder notes = before.ToBuilder();
        try
        {
            await orphans.CancelAsync(input.RunId, recipe, [.. used.Select(providers.Get)], notes, cancellation);
            foreach (string name in used)
            {
                foreach (CandidateRecipe candidate in recipe.Candidates)
                {
                    await slots.ReleaseAsync(name, providers.Get(name).Facts.MaxJobs, input.RunId, candidate.Name, cancellation);
                }
            }

            await batches.CollectAsync(input.RunId, input.Judged, cancellation);
        }
        finally
        {
            if (notes.Count > before.Length)
            {
                await store.WriteJsonAsync(kept, notes.ToImmutable(), cancellation: CancellationToken.None);
            }
        }

        return notes.ToImmutable();
    }

    private async Task DeleteUploads(string runId, CancellationToken cancellation)
    {
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, RunPaths.UploadsPrefix(runId), cancellation))
        {
            SpendRecord<UploadedFile> upload = await store.ReadJsonAsync<SpendRecord<UploadedFile>>(entry.Path, cancellation);
            if (upload.Result is { Gone: null } file)
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

/// <param name="Trained">Candidates whose training is counted already.</param>
/// <param name="Judged">Candidates and baselines whose evaluation is counted already.</param>
public sealed record CleanUpInput(string RunId, ImmutableArray<string> Trained, ImmutableArray<string> Judged);

/// <param name="Costs">What is not counted yet.</param>
/// <param name="Notes">For the record.</param>
public sealed record CleanUpResult(ImmutableArray<LateCost> Costs, ImmutableArray<string> Notes);
