using System.Runtime.CompilerServices;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Workflow.Models;

/// <summary>The champions of the projects: kept versions, promotion, rollback. Changed by ETag, so that two hosts cannot
/// promote over each other.</summary>
public sealed class Champions(IBlobStore store, VersionFiles files, VersionReferences references, TimeProvider time)
{
    /// <summary>The projects that have a champion, by name.</summary>
    public async IAsyncEnumerable<string> ProjectsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        // By folder: what is kept of a project, day by day and answer by answer, is much.
        await foreach (string project in store.ListFoldersAsync(RunPaths.Models, cancellation))
        {
            if (ProjectName.IsValid(project) && await store.ExistsAsync(RunPaths.Champion(project), cancellation))
            {
                yield return project;
            }
        }
    }

    public async Task<ChampionRecord> ReadAsync(string project, CancellationToken cancellation) =>
        (await store.FindJsonAsync<ChampionRecord>(RunPaths.Champion(ProjectName.Check(project)), cancellation))?.Value ?? new ChampionRecord([]);

    /// <summary>Makes a judged candidate of a run the project's champion; the champion it is already stays as it is.</summary>
    /// <exception cref="FlowException">NotFound: no such run or candidate; Conflict: it was not judged, cannot be asked, or another
    /// version is in use than the one that it was judged against.</exception>
    public async Task<ChampionVersion> PromoteAsync(string project, PromotionOrder order, CancellationToken cancellation)
    {
        RunRecord run = await FindRun(project, order.RunId, cancellation);
        CandidateRecord judged = Judged(run, order.Candidate);
        var origin = new ModelOrigin(order.RunId, order.Candidate);
        Func<ChampionRecord, int, string?, ChampionVersion> made = await MakerAsync(run, judged, order, cancellation);
        return await Append(project, async known =>
        {
            ChampionVersion? current = known.Current;
            if (current?.Origin == origin)
            {
                return null;
            }

            if (order.OnlyOver is { } expected && expected != (current?.Version ?? 0))
            {
                throw new FlowException(
                    FailureKind.Conflict,
                    $"{order.Candidate} was judged against {(expected == 0 ? "no champion" : $"version {expected}")} of {project}, and version {current?.Version ?? 0} is in use by now",
                    "Look at both and promote the better one by hand, or rerun");
            }

            int version = (current?.Version ?? 0) + 1;
            string folder = RunPaths.Version(project, version, order.RunId, order.Candidate);
            await files.KeepAsync(folder, order.RunId, judged, cancellation);
            await references.KeepAsync(folder, order.RunId, order.Candidate, cancellation);
            return made(known, version, folder);
        }, cancellation);
    }

    /// <summary>Makes a judged candidate of a run the project's challenger: not in use, but asked by that name, and by weight or as shadow
    /// where the recipe says so. Its files stay with the run, which is kept for it.</summary>
    /// <exception cref="FlowException">NotFound, Conflict: as for a promotion.</exception>
    public async Task ChallengeAsync(string project, PromotionOrder order, CancellationToken cancellation)
    {
        RunRecord run = await FindRun(project, order.RunId, cancellation);
        CandidateRecord judged = Judged(run, order.Candidate);
        Func<ChampionRecord, int, string?, ChampionVersion> made = await MakerAsync(run, judged, order, cancellation);
        await ChangeAsync(project, known =>
        {
            var origin = new ModelOrigin(order.RunId, order.Candidate);
            // Nobody is challenged without a champion, and none by itself.
            bool changes = known.Current is { } current && current.Origin != origin && known.Challenger?.Origin != origin;
            return Task.FromResult(changes ? known with { Challenger = made(known, 0, null) } : null);
        }, cancellation);
    }

    /// <summary>What makes a version of a judged candidate, once its number and the folder of its files are known.</summary>
    private async Task<Func<ChampionRecord, int, string?, ChampionVersion>> MakerAsync(
        RunRecord run, CandidateRecord judged, PromotionOrder order, CancellationToken cancellation)
    {
        Recipe recipe = await RunRecipes.ReadAsync(store, run.RunId, cancellation);
        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(run.RunId), cancellation);
        Metrics? metrics = (await store.FindJsonAsync<Metrics>(RunPaths.Scores(run.RunId, judged.Name), cancellation))?.Value;
        ModelOrigin? continued = (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(run.RunId), cancellation))?.Value.Candidate(judged.Name)?.Origin;
        CandidateRecipe? asked = recipe.Candidates.FirstOrDefault(c => c.Name == judged.Name);
        string baseModel = judged.Model ?? EligibleModels.Linear;
        return (known, version, folder) => new ChampionVersion(
            version,
            run.RunId,
            judged.Name,
            judged.Kind,
            judged.Provider,
            baseModel,
            judged.Provider is null ? folder ?? VersionFiles.OfRun(run.RunId, judged).ToString() : judged.TunedModel ?? baseModel,
            asked is null ? "" : RunRecipes.FormOf(asked, baseModel).Key,
            manifest.Labels,
            judged.Accuracy ?? 0,
            time.GetUtcNow(),
            order.By)
        {
            Reason = order.Reason,
            Folder = folder,
            UsdPerThousand = judged.UsdPerThousand,
            Lineage = new VersionLineage(
                run.Drop.Path,
                run.Drop.Sha256,
                run.Recipe.Sha256,
                judged.Kind == OutcomeKind.Prompt ? 0 : manifest.Rows.Train,
                judged.Kind == OutcomeKind.Prompt ? 0 : manifest.Rows.Validation,
                metrics?.N ?? manifest.Rows.Test,
                continued is null ? null : known.Versions.FirstOrDefault(v => v.Origin == continued)?.Version,
                known.Current?.Version),
        };
    }

    /// <summary>Goes back to an earlier version, as a new version of its own.</summary>
    /// <param name="version">Null: the one before the current one.</param>
    /// <param name="by">Who asked.</param>
    /// <param name="reason">For the record; null: none was given.</param>
    /// <exception cref="FlowException">NotFound: no such version.</exception>
    public Task<ChampionVersion> RollbackAsync(string project, int? version, string by, string? reason, CancellationToken cancellation) =>
        Append(project, known =>
        {
            int wanted = version ?? (known.Current?.Version ?? 0) - 1;
            ChampionVersion earlier = known.Versions.IsDefaultOrEmpty
                ? throw new FlowException(FailureKind.NotFound, $"The project {project} has no champion", "Promote a candidate of one of its runs first")
                : known.Versions.FirstOrDefault(v => v.Version == wanted && v != known.Current)
                    ?? throw new FlowException(
                        FailureKind.NotFound,
                        version is null ? $"The project {project} has no earlier version" : $"The project {project} has no earlier version {wanted}",
                        known.Versions.Length == 1 ? "It has version 1 only, which is in use" : $"It has {string.Join(", ", known.Versions.SkipLast(1).Select(v => v.Version))}");
            return Task.FromResult<ChampionVersion?>(earlier with
            {
                Version = known.Current!.Version + 1,
                PromotedAt = time.GetUtcNow(),
                By = by,
                Reason = $"back to version {wanted}{(reason is null ? "" : $": {reason}")}",
                Lineage = earlier.Lineage is null ? null : earlier.Lineage with { Replaced = known.Current.Version },
            });
        }, cancellation);

    private async Task<RunRecord> FindRun(string project, string runId, CancellationToken cancellation)
    {
        RunRecord? run = (await store.FindJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation))?.Value;
        if (run is null)
        {
            throw new FlowException(FailureKind.NotFound, $"There is no run {runId}", $"List the project's runs to find its id: ftf runs --project {project}");
        }

        return run.Project == project
            ? run
            : throw new FlowException(FailureKind.NotFound, $"The run {runId} is of the project {run.Project}, not of {project}", "Name a run of this project");
    }

    private static CandidateRecord Judged(RunRecord run, string candidate)
    {
        CandidateRecord judged = run.Candidates.FirstOrDefault(c => c.Name == candidate)
            ?? throw new FlowException(
                FailureKind.NotFound,
                $"The run {run.RunId} has no candidate {candidate}",
                NearestName.Of(candidate, run.Candidates.Select(c => c.Name)) is { } near ? $"Did you mean {near}?" : $"It has {string.Join(", ", run.Candidates.Select(c => c.Name))}");
        if (judged.State != CandidateState.Judged)
        {
            throw new FlowException(FailureKind.Conflict, $"{candidate} was not judged in {run.RunId}, so it cannot be promoted", "Promote a candidate that has an accuracy");
        }

        if (judged.Kind == OutcomeKind.Champion)
        {
            throw new FlowException(FailureKind.Conflict, $"{candidate} is the champion that stood beside the candidates of {run.RunId}", "To return to an earlier version, roll back to it");
        }

        return judged.Kind.CanBeServed()
            ? judged
            : throw new FlowException(FailureKind.Conflict, $"{candidate} left predictions, but no model that could be asked", "Promote another candidate");
    }

    // A challenger that has become champion is none any more.
    private static ChampionVersion? ChallengerBeside(ChampionVersion champion, ChampionVersion? challenger) =>
        challenger?.Origin == champion.Origin ? null : challenger;

    private async Task<ChampionVersion> Append(string project, Func<ChampionRecord, Task<ChampionVersion?>> next, CancellationToken cancellation) =>
        (await ChangeAsync(project, async known => await next(known) is { } added
            ? new ChampionRecord([.. known.Versions, added], ChallengerBeside(added, known.Challenger))
            : null, cancellation)).Current!;

    /// <summary>Changes what is kept of a project, decided anew where another host comes between.</summary>
    /// <param name="next">Null: it stays as it is.</param>
    private async Task<ChampionRecord> ChangeAsync(string project, Func<ChampionRecord, Task<ChampionRecord?>> next, CancellationToken cancellation)
    {
        BlobPath path = RunPaths.Champion(ProjectName.Check(project));
        while (true)
        {
            (ChampionRecord Value, string ETag)? known = await store.FindJsonAsync<ChampionRecord>(path, cancellation);
            ChampionRecord record = known?.Value ?? new ChampionRecord([]);
            if (await next(record) is not { } changed)
            {
                return record;
            }

            try
            {
                WriteCondition condition = known is { } read ? WriteCondition.Matches(read.ETag) : WriteCondition.Absent;
                await store.WriteJsonAsync(path, changed, condition, cancellation);
                return changed;
            }
            catch (FlowException error) when (error.Failure.Kind == FailureKind.Conflict)
            {
                // Another promotion came between reading and writing: decide again on what it left.
            }
        }
    }
}
