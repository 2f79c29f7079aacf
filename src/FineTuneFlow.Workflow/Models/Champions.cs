using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>The champions of the projects: kept versions, promotion, rollback. Changed by ETag, so that two hosts cannot
/// promote over each other.</summary>
public sealed class Champions(IBlobStore store, TimeProvider time)
{
    public async Task<ChampionRecord> ReadAsync(string project, CancellationToken cancellation) =>
        (await store.FindJsonAsync<ChampionRecord>(RunPaths.Champion(ProjectName.Check(project)), cancellation))?.Value ?? new ChampionRecord([]);

    /// <summary>Makes a judged candidate of a run the project's champion; the champion it is already stays as it is.</summary>
    /// <param name="project">The project.</param>
    /// <param name="runId">A run of the project that has ended.</param>
    /// <param name="candidate">One that was judged there.</param>
    /// <param name="by">rule, or who asked.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="FlowException">NotFound: no such run or candidate; Conflict: it was not judged.</exception>
    public async Task<ChampionVersion> PromoteAsync(string project, string runId, string candidate, string by, CancellationToken cancellation)
    {
        RunRecord run = await store.ReadJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation);
        CandidateRecord judged = run.Project == project
            ? run.Candidates.FirstOrDefault(c => c.Name == candidate)
                ?? throw new FlowException(FailureKind.NotFound, $"The run {runId} has no candidate {candidate}", $"It has {string.Join(", ", run.Candidates.Select(c => c.Name))}")
            : throw new FlowException(FailureKind.NotFound, $"The run {runId} is of the project {run.Project}, not of {project}", "Name a run of this project");
        if (judged.State != CandidateState.Judged)
        {
            throw new FlowException(FailureKind.Conflict, $"{candidate} was not judged in {runId}, so it cannot be promoted", "Promote a candidate that has an accuracy");
        }

        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(runId), cancellation);
        Recipe recipe = await RunRecipes.ReadAsync(store, runId, cancellation);
        CandidateRecipe? asked = recipe.Candidates.FirstOrDefault(c => c.Name == candidate);
        string baseModel = judged.Model ?? "linear";
        return await Append(project, current => Same(current, runId, candidate) ? null : new ChampionVersion(
            (current?.Version ?? 0) + 1,
            runId,
            candidate,
            judged.Kind,
            judged.Provider,
            baseModel,
            judged.TunedModel ?? (judged.Provider is null ? RunPaths.Baseline(runId, candidate, "model.bin").ToString() : baseModel),
            asked is null ? "" : RunRecipes.FormOf(asked, baseModel).Key,
            manifest.Labels,
            judged.Accuracy ?? 0,
            time.GetUtcNow(),
            by), cancellation);
    }

    /// <summary>Goes back to an earlier version, as a new version of its own.</summary>
    /// <param name="project">The project.</param>
    /// <param name="version">Null: the one before the current one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="FlowException">NotFound: no such version.</exception>
    public async Task<ChampionVersion> RollbackAsync(string project, int? version, CancellationToken cancellation)
    {
        ChampionRecord record = await ReadAsync(project, cancellation);
        int wanted = version ?? (record.Current?.Version ?? 0) - 1;
        ChampionVersion earlier = record.Versions.FirstOrDefault(v => v.Version == wanted && v != record.Current)
            ?? throw new FlowException(
                FailureKind.NotFound,
                $"The project {project} has no earlier version {wanted}",
                record.Versions.IsDefaultOrEmpty ? "Promote a candidate of a run first" : $"It has {string.Join(", ", record.Versions.Select(v => v.Version))}");
        return await Append(project, current => earlier with
        {
            Version = (current?.Version ?? 0) + 1,
            PromotedAt = time.GetUtcNow(),
            By = $"rollback to version {wanted}",
        }, cancellation);
    }

    private static bool Same(ChampionVersion? current, string runId, string candidate) =>
        current is not null && current.RunId == runId && current.Candidate == candidate;

    private async Task<ChampionVersion> Append(string project, Func<ChampionVersion?, ChampionVersion?> next, CancellationToken cancellation)
    {
        BlobPath path = RunPaths.Champion(ProjectName.Check(project));
        while (true)
        {
            (ChampionRecord Value, string ETag)? known = await store.FindJsonAsync<ChampionRecord>(path, cancellation);
            ChampionVersion? current = known?.Value.Current;
            if (next(current) is not { } added)
            {
                return current!;
            }

            try
            {
                WriteCondition condition = known is { } read ? WriteCondition.Matches(read.ETag) : WriteCondition.Absent;
                await store.WriteJsonAsync(path, new ChampionRecord([.. known?.Value.Versions ?? [], added]), condition, cancellation);
                return added;
            }
            catch (FlowException error) when (error.Failure.Kind == FailureKind.Conflict)
            {
                // Another promotion came between reading and writing: decide again on what it left.
            }
        }
    }
}
