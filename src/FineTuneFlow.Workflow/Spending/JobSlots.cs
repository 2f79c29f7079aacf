using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>The queue for a provider's job slots, across runs and hosts: one small document, changed by ETag. First come, first
/// served.</summary>
public sealed class JobSlots(IBlobStore store, TimeProvider time)
{
    // A ticket whose run was terminated without releasing it must not block the queue forever.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    /// <summary>Takes or keeps a place; below the limit it is a slot.</summary>
    /// <returns>Place in the queue from 0.</returns>
    public async Task<int> AcquireAsync(string provider, string runId, string candidate, CancellationToken cancellation)
    {
        int place = 0;
        await Change(provider, tickets =>
        {
            place = tickets.FindIndex(t => t.RunId == runId && t.Candidate == candidate);
            if (place >= 0)
            {
                return tickets;
            }

            place = tickets.Count;
            return tickets.Add(new JobTicket(runId, candidate, time.GetUtcNow()));
        }, cancellation);
        return place;
    }

    /// <summary>Gives a place back.</summary>
    /// <returns>The waiter that has come into a slot by it, to be woken; null: none.</returns>
    public async Task<JobTicket?> ReleaseAsync(string provider, int limit, string runId, string candidate, CancellationToken cancellation)
    {
        JobTicket? next = null;
        await Change(provider, tickets =>
        {
            int place = tickets.FindIndex(t => t.RunId == runId && t.Candidate == candidate);
            next = place >= 0 && place < limit && tickets.Count > limit ? tickets[limit] : null;
            return place < 0 ? tickets : tickets.RemoveAt(place);
        }, cancellation);
        return next;
    }

    private async Task Change(string provider, Func<ImmutableList<JobTicket>, ImmutableList<JobTicket>> change, CancellationToken cancellation)
    {
        BlobPath path = RunPaths.JobQueue(provider);
        (ImmutableList<JobTicket> Value, string ETag)? known = await store.FindJsonAsync<ImmutableList<JobTicket>>(path, cancellation);
        ImmutableList<JobTicket> tickets = known?.Value ?? [];
        ImmutableList<JobTicket> changed = change(tickets.RemoveAll(t => t.At + Lifetime < time.GetUtcNow()));
        if (changed.SequenceEqual(tickets))
        {
            return;
        }

        try
        {
            WriteCondition condition = known is { } read ? WriteCondition.Matches(read.ETag) : WriteCondition.Absent;
            await store.WriteJsonAsync(path, changed, condition, cancellation);
        }
        catch (FlowException error) when (error.Failure.Kind == FailureKind.Conflict)
        {
            // Somebody else changed the queue between reading and writing.
            await Change(provider, change, cancellation);
        }
    }
}

public sealed record JobTicket(string RunId, string Candidate, DateTimeOffset At);
