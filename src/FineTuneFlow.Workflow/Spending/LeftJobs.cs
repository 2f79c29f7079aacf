using System.Collections.Immutable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>Jobs of a run that nobody waits for any more: those under way are cancelled, and each is recorded with its candidate, as
/// what it has trained until then is paid for.</summary>
public sealed class LeftJobs(IBlobStore store, TimeProvider time)
{
    /// <param name="provider">Where it may have left jobs.</param>
    /// <param name="notes">Takes what was cancelled, for the record.</param>
    /// <returns>Whether all have ended; one that is being cancelled may cost more than is known yet.</returns>
    public async Task<bool> EndAsync(
        string runId, IFineTuningProvider provider, ImmutableArray<string>.Builder notes, CancellationToken cancellation)
    {
        bool allEnded = true;
        foreach (ProviderJob found in await JobSearch.OfRunAsync(provider, runId, cancellation))
        {
            ProviderJob job = found;
            if (!job.HasEnded)
            {
                job = await provider.CancelJobAsync(job.Id, cancellation);
                string note = $"Cancelled the job {job.Id} at {provider.Facts.Name}, which nobody waited for any more";
                if (!notes.Contains(note))
                {
                    notes.Add(note);
                }
            }

            allEnded &= job.HasEnded;
            await RecordAsync(runId, provider.Facts, job, cancellation);
        }

        return allEnded;
    }

    private async Task RecordAsync(string runId, ProviderFacts provider, ProviderJob job, CancellationToken cancellation)
    {
        if (await CandidateOfAsync(runId, provider, job, cancellation) is not var (candidate, isKnown))
        {
            return;
        }

        if (!isKnown)
        {
            await store.WriteJsonAsync(
                RunPaths.JobIntent(runId, candidate),
                new SpendRecord<SubmittedJob>(time.GetUtcNow(), SpendState.Adopted, new SubmittedJob(job.Id, null)),
                cancellation: cancellation);
        }

        // One that was seen at its end is complete: its tokens may be an estimate where the service tells none.
        if ((await store.FindJsonAsync<ProviderJob>(RunPaths.Job(runId, candidate), cancellation))?.Value is not { HasEnded: true })
        {
            await store.WriteJsonAsync(RunPaths.Job(runId, candidate), job, cancellation: cancellation);
        }
    }

    /// <returns>Whose job it is, and whether that is recorded; null: nobody can tell.</returns>
    private async Task<(string Candidate, bool IsKnown)?> CandidateOfAsync(
        string runId, ProviderFacts provider, ProviderJob job, CancellationToken cancellation)
    {
        RunPlan? plan = (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(runId), cancellation))?.Value;
        List<string> possible = [];
        foreach (PlannedCandidate candidate in plan?.Candidates.Where(c => c.Trains && c.Provider == provider.Name) ?? [])
        {
            string? made = (await store.FindJsonAsync<SpendRecord<SubmittedJob>>(RunPaths.JobIntent(runId, candidate.Name), cancellation))?.Value.Result?.JobId;
            if (made == job.Id)
            {
                return (candidate.Name, true);
            }

            if (made is null && MayBeOf(job, candidate.Name, provider))
            {
                possible.Add(candidate.Name);
            }
        }

        return possible is [var only] ? (only, false) : null;
    }

    /// <summary>By its stamp, or where the service keeps none by the name that it was given.</summary>
    private static bool MayBeOf(ProviderJob job, string candidate, ProviderFacts provider) => provider.KeepsMetadata
        ? job.Metadata.GetValueOrDefault(JobMetadata.Candidate) == candidate
        : job.Suffix is null || job.Suffix == provider.SuffixOf(candidate);
}
