using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Webhooks;

/// <summary>Which instance waits for a job, by the stamp that the job carries at its service.</summary>
public sealed class JobMonitors(IProviders providers)
{
    /// <returns>Id of the instance, which may have ended; null: no service that can be reached now knows the job, or it carries no stamp.</returns>
    public async Task<string?> FindAsync(string jobId, CancellationToken cancellation)
    {
        foreach (ProviderFacts provider in providers.All.Where(provider => provider.KeepsMetadata))
        {
            if (await AskAsync(provider, jobId, cancellation) is { } job
                && job.Metadata.TryGetValue(JobMetadata.Run, out string? run)
                && job.Metadata.TryGetValue(JobMetadata.Candidate, out string? candidate))
            {
                return Flows.MonitorId(run, candidate);
            }
        }

        return null;
    }

    private async Task<ProviderJob?> AskAsync(ProviderFacts provider, string jobId, CancellationToken cancellation)
    {
        try
        {
            return await providers.Get(provider.Name).GetJobAsync(jobId, cancellation);
        }
        catch (FlowException)
        {
            // Another service may know it; whoever waits looks by its timer as well.
            return null;
        }
    }
}
