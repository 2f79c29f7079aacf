using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Cleans up after runs that somebody has terminated by the engine's own means (the management API of Durable Functions, the
/// portal), which stop a run where it stands: what it has started is ended, what it has left at the providers is cancelled, and its
/// record says what happened and what it had cost.</summary>
public sealed class TerminatedRuns(
    IDurableClient client, IBlobStore store, CancelRun cancel, CleanUp cleanUp, RunRecords records, TimeProvider time, ILogger<TerminatedRuns> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private static readonly Failure Reason = new(
        FailureKind.Cancelled, "The run was terminated from outside", "Cancel runs by POST runs/{id}/cancel, which cleans up at once; start it again with rerun");

    private readonly HashSet<string> _done = [];
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Looks where it is time to.</summary>
    public async Task TickAsync(CancellationToken cancellation)
    {
        if (time.GetUtcNow() < _next)
        {
            return;
        }

        _next = time.GetUtcNow() + Every;
        await LookAsync(cancellation);
    }

    /// <summary>Looks now.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        var query = new InstanceQuery { Orchestration = Flows.FineTuneRun.Name, Statuses = [InstanceStatus.Terminated], PageSize = 1_000 };
        do
        {
            InstancePage page = await client.QueryAsync(query, cancellation);
            foreach (InstanceState run in page.Instances.Where(run => !_done.Contains(run.InstanceId)))
            {
                try
                {
                    await EndAsync(run.InstanceId, cancellation);
                    _done.Add(run.InstanceId);
                }
                catch (Exception failed) when (failed is not OperationCanceledException)
                {
                    // The others do not wait for it; it is tried again at the next look.
                    logger.LogError(failed, "{RunId} was terminated from outside and could not be cleaned up after: {Failure}", run.InstanceId, failed.Message);
                }
            }

            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
    }

    private async Task EndAsync(string runId, CancellationToken cancellation)
    {
        if ((await store.FindJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation))?.Value is not { EndedAt: null } record)
        {
            return;
        }

        // The mark first: steps that are under way look for it before they spend.
        await cancel.RunAsync(new CancelRunInput(runId, Reason), cancellation);
        await EndChildrenAsync(runId, cancellation);
        CleanUpResult left = await cleanUp.RunAsync(new CleanUpInput(runId, [], []), cancellation);
        await records.WriteAsync(
            record with
            {
                Revision = record.Revision + 1,
                Outcome = RunOutcome.Cancelled,
                Failure = Reason,
                EndedAt = time.GetUtcNow(),
                SpentUsd = Math.Max(record.SpentUsd, left.Costs.Where(cost => !cost.Simulated).Sum(cost => cost.Usd)),
                Notes = [.. record.Notes, .. left.Notes],
            },
            cancellation);
        logger.LogWarning("{RunId} was terminated from outside: what it had left is ended", runId);
    }

    private async Task EndChildrenAsync(string runId, CancellationToken cancellation)
    {
        var query = new InstanceQuery
        {
            IdPrefix = $"{runId}:", RootsOnly = false, PageSize = 1_000, Statuses = [InstanceStatus.Pending, InstanceStatus.Running, InstanceStatus.Suspended],
        };
        do
        {
            InstancePage page = await client.QueryAsync(query, cancellation);
            foreach (InstanceState child in page.Instances)
            {
                try
                {
                    await client.TerminateAsync(child.InstanceId, Reason.Message, cancellation);
                }
                catch (FlowException ended) when (ended.Failure.Kind is FailureKind.Conflict or FailureKind.NotFound)
                {
                    // It has ended meanwhile.
                }
            }

            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
    }
}
