using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Removes what has been kept of a run: its history and its files. Runs that a champion or one of its ancestors comes from
/// stay, since they tell what a model was made of and which rows it has seen.</summary>
public sealed class RunRemoval(IBlobStore store, IDurableClient client, Champions champions, Lineage lineage, TimeProvider time)
{
    /// <summary>What stands against removing the run, and nothing else.</summary>
    /// <inheritdoc cref="RemoveAsync" path="/exception"/>
    public async Task CheckAsync(string runId, CancellationToken cancellation) => await RemovableAsync(runId, cancellation);

    /// <exception cref="FlowException">NotFound: no such run; Conflict: it has not ended, or a version comes from it.</exception>
    public async Task RemoveAsync(string runId, CancellationToken cancellation)
    {
        InstanceState? state = await RemovableAsync(runId, cancellation);
        if (RunId.IsRerun(runId))
        {
            // First: its jobs are still at the service under its id, and whoever had that id next would take them for its own.
            await store.WriteJsonAsync(RunPaths.RemovedRerun(runId), new RemovedRun(runId, time.GetUtcNow()), cancellation: cancellation);
        }

        if (state is not null)
        {
            await client.PurgeAsync(runId, cancellation);
        }

        BlobPath last = RunPaths.Record(runId);
        await foreach (BlobEntry file in store.ListAsync(RunPaths.Runs, $"{runId}/", cancellation))
        {
            if (file.Path != last)
            {
                await store.DeleteAsync(file.Path, cancellation);
            }
        }

        // The record last: a removal that breaks off is found and done again.
        await store.DeleteAsync(last, cancellation);
    }

    private async Task<InstanceState?> RemovableAsync(string runId, CancellationToken cancellation)
    {
        InstanceState? state = await client.GetAsync(runId, cancellation);
        RunRecord? record = (await store.FindJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation))?.Value;
        if (state is null && record is null)
        {
            throw new FlowException(FailureKind.NotFound, $"There is no run {runId}", "List the runs to find its id");
        }

        if (state is { HasEnded: false })
        {
            throw new FlowException(FailureKind.Conflict, $"{runId} has not ended", "Wait for its end or cancel it first");
        }

        if (record is not null && await VersionFromAsync(record.Project, runId, cancellation) is { } version)
        {
            throw new FlowException(
                FailureKind.Conflict, $"version {version.Version} of {record.Project} comes from {runId}", "Runs that a version comes from are kept as long as the project has it");
        }

        return state;
    }

    private async Task<ChampionVersion?> VersionFromAsync(string project, string runId, CancellationToken cancellation)
    {
        ChampionRecord known = await champions.ReadAsync(project, cancellation);
        IEnumerable<ChampionVersion> versions = known.Versions.IsDefaultOrEmpty ? [] : known.Versions;
        foreach (ChampionVersion version in known.Challenger is { } challenger ? versions.Append(challenger) : versions)
        {
            await foreach (string origin in lineage.RunsAsync(version.Origin, cancellation))
            {
                if (origin == runId)
                {
                    return version;
                }
            }
        }

        return null;
    }
}

/// <param name="At">When it was removed.</param>
public sealed record RemovedRun(string RunId, DateTimeOffset At);
