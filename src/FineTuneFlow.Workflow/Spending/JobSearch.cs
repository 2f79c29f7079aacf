using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>Looks for the job that an earlier attempt may have left at a provider: by its stamp, or where the service keeps no
/// metadata by what else tells it apart (training file, suffix, model, epochs, created after the intent). Where even that leaves two
/// possibilities it adopts nothing and makes nothing.</summary>
public sealed class JobSearch(IBlobStore store)
{
    /// <summary>The service's clock may be behind ours.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <returns>The job; null: there is none.</returns>
    /// <exception cref="FlowException">Conflict: there are jobs of which nobody can say whether they are this candidate's.</exception>
    public async Task<SubmittedJob?> FindAsync(IFineTuningProvider provider, SubmitJobInput input, CandidateRecipe recipe, CancellationToken cancellation)
    {
        ProviderJob? found = provider.Facts.KeepsMetadata
            ? await Oldest(provider.FindJobsAsync(JobMetadata.Of(input.RunId, input.Candidate.Name), cancellation))
            : await ByTraitsAsync(provider, input, recipe, cancellation);
        return found is null ? null : new SubmittedJob(found.Id, null, input.ContinueModel);
    }

    /// <summary>All jobs of a run at a provider, whoever's answer was lost.</summary>
    public static async Task<List<ProviderJob>> OfRunAsync(IFineTuningProvider provider, string runId, CancellationToken cancellation)
    {
        if (provider.Facts.KeepsMetadata)
        {
            return await provider.FindJobsAsync(JobMetadata.OfRun(runId), cancellation).ToListAsync(cancellation);
        }

        HashSet<string> files = await FilesAsync(provider, file => TrainingFileName.IsOfRun(file.Name, runId), cancellation);
        return await provider.ListJobsAsync(cancellation).Where(job => job.TrainingFile is { } file && files.Contains(file)).ToListAsync(cancellation);
    }

    private async Task<ProviderJob?> ByTraitsAsync(
        IFineTuningProvider provider, SubmitJobInput input, CandidateRecipe recipe, CancellationToken cancellation)
    {
        BlobPath intent = RunPaths.JobIntent(input.RunId, input.Candidate.Name);
        if ((await store.FindJsonAsync<SpendRecord<SubmittedJob>>(intent, cancellation))?.Value is not { Since: { } since })
        {
            // Nothing was asked for yet. A job that merely looks like ours belongs to somebody else.
            return null;
        }

        string? uploaded = (await provider.GetFileAsync(input.Files.Train, cancellation))?.Name;
        HashSet<string> files = uploaded is null
            ? []
            : await FilesAsync(provider, file => file.Name == uploaded, cancellation);
        files.Add(input.Files.Train);
        (HashSet<string> taken, bool rivals) = await OthersAsync(provider.Facts, input, cancellation);
        string suffix = provider.Facts.SuffixOf(input.Candidate.Name);
        var matches = new List<ProviderJob>();
        await foreach (ProviderJob job in provider.ListJobsAsync(cancellation))
        {
            if (job.TrainingFile is { } file && files.Contains(file)
                && !taken.Contains(job.Id)
                && (job.Suffix is null || job.Suffix == suffix)
                && IsModel(job.Model, input)
                && (job.Epochs is null || recipe.Epochs.Count == 0 || job.Epochs == recipe.Epochs[0])
                && (job.CreatedAt is null || job.CreatedAt > since - ClockSkew))
            {
                matches.Add(job);
            }
        }

        return matches switch
        {
            [] => null,
            // One possibility, or several of our own name: then the first one is the one that was meant.
            [var only] when only.Suffix is not null || !rivals => only,
            _ when matches.All(job => job.Suffix is not null) && !rivals => matches.MinBy(job => job.CreatedAt),
            _ => throw InDoubt(provider.Facts.Name, input.Candidate.Name, matches),
        };
    }

    /// <summary>Jobs that other candidates of the run are known to have made, and whether one of them, alike to ours in all that the
    /// service tells, may have made one that is not known yet.</summary>
    private async Task<(HashSet<string> Taken, bool Rivals)> OthersAsync(ProviderFacts provider, SubmitJobInput input, CancellationToken cancellation)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        bool rivals = false;
        RunPlan? plan = (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(input.RunId), cancellation))?.Value;
        foreach (PlannedCandidate other in plan?.Candidates ?? [])
        {
            if (other.Name == input.Candidate.Name || other.Provider != provider.Name || !other.Trains)
            {
                continue;
            }

            BlobPath intent = RunPaths.JobIntent(input.RunId, other.Name);
            SpendRecord<SubmittedJob>? record = (await store.FindJsonAsync<SpendRecord<SubmittedJob>>(intent, cancellation))?.Value;
            if (record?.Result is { JobId.Length: > 0 } made)
            {
                taken.Add(made.JobId);
            }
            else if (record is { State: SpendState.Intended or SpendState.InDoubt } && other.Model == input.Candidate.Model && other.Form == input.Candidate.Form)
            {
                rivals = true;
            }
        }

        return (taken, rivals);
    }

    private static async Task<HashSet<string>> FilesAsync(IFineTuningProvider provider, Func<ProviderFile, bool> ours, CancellationToken cancellation)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (ProviderFile file in provider.ListFilesAsync(cancellation))
        {
            if (ours(file))
            {
                ids.Add(file.Id);
            }
        }

        return ids;
    }

    /// <summary>Services answer with a dated name, or for a continuation with the base of what is continued.</summary>
    private static bool IsModel(string told, SubmitJobInput input) =>
        told.Length == 0 || told == input.ContinueModel || ModelName.FamilyOf(told) == ModelName.FamilyOf(input.Candidate.Model);

    private static async Task<ProviderJob?> Oldest(IAsyncEnumerable<ProviderJob> jobs)
    {
        ProviderJob? oldest = null;
        await foreach (ProviderJob job in jobs)
        {
            oldest = oldest?.CreatedAt < job.CreatedAt ? oldest : job;
        }

        return oldest;
    }

    private static FlowException InDoubt(string provider, string candidate, List<ProviderJob> jobs) => new(new Failure(
        FailureKind.Conflict,
        $"It is in doubt whether {provider} has a job of {candidate}: its answer was lost, the service keeps no metadata, and {string.Join(", ", jobs.Select(job => job.Id))} "
        + "may be it",
        $"Look at {(jobs.Count == 1 ? "this job" : "these jobs")} in {provider}'s console, cancel what is not wanted, and rerun; no other job was created",
        Field: $"candidates.{candidate}"));
}
