using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Runs;

/// <summary><c>run.json</c> as it is written: the run's orchestration gives what it knows, and the jobs of its candidates are added
/// from what was recorded when they were created, so that a candidate that fails or is cancelled is known with its job.</summary>
public sealed class RunRecords(IBlobStore store)
{
    private const int MostAttempts = 20;

    /// <summary>Writes the record, unless a later one is stored: a step may be delivered twice, and the second delivery may come when the
    /// run has gone on. It must not bring back what the record said then.</summary>
    /// <param name="record">Without the jobs that its orchestration does not know yet.</param>
    /// <exception cref="FlowException">Conflict: others have changed it again and again.</exception>
    public Task WriteAsync(RunRecord record, CancellationToken cancellation) =>
        ChangeAsync(record.RunId, stored => stored?.Revision > record.Revision ? null : record, cancellation);

    /// <summary>Adds the jobs that exist by now.</summary>
    public Task AddJobsAsync(string runId, CancellationToken cancellation) => ChangeAsync(runId, stored => stored, cancellation);

    private async Task ChangeAsync(string runId, Func<RunRecord?, RunRecord?> change, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            // Read before the jobs: one that is created in between changes the record, and this write is then made again.
            (RunRecord Value, string ETag)? stored = await store.FindJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation);
            if (change(stored?.Value) is not { } record)
            {
                return;
            }

            record = await WithJobsAsync(record, cancellation);
            try
            {
                WriteCondition condition = stored is { } known ? WriteCondition.Matches(known.ETag) : WriteCondition.Absent;
                await store.WriteJsonAsync(RunPaths.Record(runId), record, condition, cancellation);
                return;
            }
            catch (FlowException other) when (other.Failure.Kind == FailureKind.Conflict && attempt < MostAttempts)
            {
                // Another job of the run was recorded meanwhile.
            }
        }
    }

    private async Task<RunRecord> WithJobsAsync(RunRecord record, CancellationToken cancellation)
    {
        HashSet<BlobPath> intents = [];
        if (record.Candidates.Any(c => c is { JobId: null, Provider: not null }))
        {
            await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, RunPaths.JobsPrefix(record.RunId), cancellation))
            {
                intents.Add(entry.Path);
            }
        }

        CandidateRecord[] candidates = [.. record.Candidates];
        for (int i = 0; i < candidates.Length; i++)
        {
            BlobPath intent = RunPaths.JobIntent(record.RunId, candidates[i].Name);
            if (candidates[i].JobId is null && intents.Contains(intent)
                && (await store.FindJsonAsync<SpendRecord<SubmittedJob>>(intent, cancellation))?.Value.Result is { } job)
            {
                candidates[i] = candidates[i] with { JobId = job.JobId };
            }
        }

        return record with { Candidates = [.. candidates] };
    }
}
