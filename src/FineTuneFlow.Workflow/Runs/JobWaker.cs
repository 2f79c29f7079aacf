using FineTuneFlow.Workflow.Durable;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Wakes the monitor of a job when its provider says that something has happened. The job's own metadata names run and
/// candidate, so nothing has to be remembered; a message about somebody else's job, or one that comes twice, does no harm.</summary>
public sealed class JobWaker(IProviders providers, IDurableClient client)
{
    /// <returns>False: the job is none of ours, or nobody waits for it any more.</returns>
    public async Task<bool> WakeAsync(string provider, string jobId, CancellationToken cancellation)
    {
        ProviderJob? job = await providers.Get(provider).GetJobAsync(jobId, cancellation);
        if (job is null
            || !job.Metadata.TryGetValue("ftf_run", out string? runId)
            || !job.Metadata.TryGetValue("ftf_candidate", out string? candidate))
        {
            return false;
        }

        string monitor = Flows.MonitorId(runId, candidate);
        if (await client.GetAsync(monitor, cancellation) is not { HasEnded: false })
        {
            return false;
        }

        await client.RaiseEventAsync(monitor, Signals.Wake, new WakeUp("webhook"), cancellation);
        return true;
    }
}
