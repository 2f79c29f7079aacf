using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>What the runs that a rerun repeats have paid for and left: uploaded files and finished jobs, which it adopts where they
/// came of the same content and settings.</summary>
public sealed class EarlierRuns(IBlobStore store)
{
    /// <summary>The runs whose things may be adopted, the last one first; none for a first run, or one that was asked to make all anew.</summary>
    /// <remarks>Those that have been removed since are left out: what a later one of the line has adopted is found there, and what only they
    /// had paid for is paid again.</remarks>
    public async Task<ImmutableArray<string>> OfAsync(string runId, CancellationToken cancellation)
    {
        var kept = ImmutableArray.CreateBuilder<string>();
        foreach (string run in (await store.FindJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation))?.Value.Repeats ?? [])
        {
            if (await store.ExistsAsync(RunPaths.Record(run), cancellation))
            {
                kept.Add(run);
            }
        }

        return kept.ToImmutable();
    }

    /// <summary>The same content, uploaded by an earlier run. One that its clean-up has deleted will do where every job that is to train
    /// on it is there already. Only where jobs are stamped: elsewhere a job is told by its file, which must then be the run's own.</summary>
    public async Task<UploadedFile?> FileAsync(IFineTuningProvider provider, UploadFileInput input, CancellationToken cancellation)
    {
        if (!provider.Facts.KeepsMetadata)
        {
            return null;
        }

        UploadedFile? gone = null;
        ImmutableArray<string> earlier = await OfAsync(input.RunId, cancellation);
        foreach (string run in earlier)
        {
            if ((await store.FindJsonAsync<SpendRecord<UploadedFile>>(RunPaths.Upload(run, input.Provider, input.File.Blob.Sha256), cancellation))?.Value.Result is { } made)
            {
                UploadedFile adopted = made with { RunId = input.RunId, Gone = null };
                if (await provider.GetFileAsync(made.FileId, cancellation) is { State: not (FileState.Failed or FileState.Deleted) })
                {
                    return adopted;
                }

                gone ??= adopted with { Gone = input.File.Blob };
            }
        }

        return gone is not null && await AllTrainedAsync(provider, input.RunId, cancellation) ? gone : null;
    }

    /// <summary>Whether an earlier run has left a model for a candidate that is to be trained: of the same settings.</summary>
    public async Task<bool> HasTrainedAsync(IFineTuningProvider provider, string runId, string candidate, CancellationToken cancellation)
    {
        foreach (string run in await OfAsync(runId, cancellation))
        {
            if (await FinishedAsync(provider, run, runId, candidate, cancellation) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The candidate's job of an earlier run, where it has left a model: of the same settings, the same training rows, and going
    /// on from the same model.</summary>
    public async Task<SubmittedJob?> JobAsync(IFineTuningProvider provider, SubmitJobInput input, CancellationToken cancellation)
    {
        string name = input.Candidate.Name;
        ImmutableArray<string> earlier = await OfAsync(input.RunId, cancellation);
        // Once this run has asked for a job of its own, that one is waited for.
        if (earlier.IsEmpty || await store.ExistsAsync(RunPaths.JobIntent(input.RunId, name), cancellation)
            || await UploadAsync(input.RunId, input.Files.Train, cancellation) is not var (upload, _))
        {
            return null;
        }

        foreach (string run in earlier)
        {
            if (await FinishedAsync(provider, run, input.RunId, name, cancellation) is var (made, job)
                && made.ContinuedFrom == input.ContinueModel
                && await TrainedOnAsync(run, upload, job, cancellation))
            {
                return made with { PaidBy = made.PaidBy ?? run };
            }
        }

        return null;
    }

    /// <summary>Whether a run's job was trained on the content of that name: on the file that was uploaded first, or on the one that was
    /// uploaded again as the first had been deleted.</summary>
    private async Task<bool> TrainedOnAsync(string run, string upload, ProviderJob job, CancellationToken cancellation)
    {
        foreach (string name in new[] { upload, RunPaths.AgainOf(upload) })
        {
            if ((await store.FindJsonAsync<SpendRecord<UploadedFile>>(BlobPath.Of(RunPaths.Runs, RunPaths.UploadsPrefix(run) + name), cancellation))?.Value.Result is { } file
                && (job.TrainingFile is null || job.TrainingFile == file.FileId))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The job that a run has made or adopted for a candidate; null: none is known.</summary>
    public async Task<SubmittedJob?> MadeAsync(string runId, string candidate, CancellationToken cancellation) =>
        (await store.FindJsonAsync<SpendRecord<SubmittedJob>>(RunPaths.JobIntent(runId, candidate), cancellation))?.Value.Result is { JobId.Length: > 0 } made
            ? made
            : null;

    /// <summary>Whether both runs ask the same of a candidate; also where neither recipe has it, as with the champion.</summary>
    public async Task<bool> SameRecipeAsync(string one, string other, string candidate, CancellationToken cancellation) =>
        Text(await RunRecipes.ReadAsync(store, one, cancellation), candidate) == Text(await RunRecipes.ReadAsync(store, other, cancellation), candidate);

    private static string Text(Recipe recipe, string candidate) =>
        JsonSerializer.Serialize(recipe.Candidates.FirstOrDefault(c => c.Name == candidate), FlowJson.Compact);

    /// <summary>This run's record of an upload, by the file's id. Its name tells provider and content, and so is the same in every run.</summary>
    public async Task<(string Name, UploadedFile File)?> UploadAsync(string runId, string fileId, CancellationToken cancellation)
    {
        string prefix = RunPaths.UploadsPrefix(runId);
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, prefix, cancellation))
        {
            if ((await store.FindJsonAsync<SpendRecord<UploadedFile>>(entry.Path, cancellation))?.Value.Result is { } file && file.FileId == fileId)
            {
                return (entry.Path.Name[prefix.Length..], file);
            }
        }

        return null;
    }

    private async Task<bool> AllTrainedAsync(IFineTuningProvider provider, string runId, CancellationToken cancellation)
    {
        RunPlan plan = await store.ReadJsonAsync<RunPlan>(RunPaths.Plan(runId), cancellation);
        foreach (PlannedCandidate candidate in plan.Candidates.Where(candidate => candidate.Trains && candidate.Provider == provider.Facts.Name))
        {
            if (!await HasTrainedAsync(provider, runId, candidate.Name, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<(SubmittedJob Made, ProviderJob Job)?> FinishedAsync(
        IFineTuningProvider provider, string earlier, string runId, string candidate, CancellationToken cancellation) =>
        await MadeAsync(earlier, candidate, cancellation) is { } made
        && await SameRecipeAsync(earlier, runId, candidate, cancellation)
        && await provider.GetJobAsync(made.JobId, cancellation) is { State: JobState.Succeeded, TunedModel: not null } job
            ? (made, job)
            : null;
}
