using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>What the runs that a rerun repeats have paid for and left: uploaded files and finished jobs, which it adopts where they
/// came of the same content and settings.</summary>
public sealed class EarlierRuns(IBlobStore store)
{
    /// <summary>The runs whose things may be adopted, the last one first; none for a first run, or one that was asked to make all anew.</summary>
    public async Task<ImmutableArray<string>> OfAsync(string runId, CancellationToken cancellation)
    {
        if (runId.Split('_') is not [var root, var text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || (await RecordAsync(runId, cancellation))?.Trigger != RunTriggers.Rerun)
        {
            return [];
        }

        var earlier = ImmutableArray.CreateBuilder<string>();
        for (int before = number - 1; before >= 1; before--)
        {
            string id = before == 1 ? root : $"{root}_{before}";
            if (await RecordAsync(id, cancellation) is { } record)
            {
                earlier.Add(id);
                if (record.Trigger == RunTriggers.Anew)
                {
                    // What lies before it was not good enough once.
                    break;
                }
            }
        }

        return earlier.ToImmutable();
    }

    /// <summary>The same content, uploaded by an earlier run and still there. Only where jobs are stamped: elsewhere a job is told by its
    /// file, which must then be the run's own.</summary>
    public async Task<UploadedFile?> FileAsync(IFineTuningProvider provider, UploadFileInput input, CancellationToken cancellation)
    {
        if (!provider.Facts.KeepsMetadata)
        {
            return null;
        }

        foreach (string run in await OfAsync(input.RunId, cancellation))
        {
            if ((await store.FindJsonAsync<SpendRecord<UploadedFile>>(RunPaths.Upload(run, input.Provider, input.File.Blob.Sha256), cancellation))?.Value.Result is { } made
                && await provider.GetFileAsync(made.FileId, cancellation) is { State: not ("error" or "deleted") })
            {
                return made with { RunId = input.RunId };
            }
        }

        return null;
    }

    /// <summary>The candidate's job of an earlier run, where it has left a model: of the same settings, the same training rows, and going
    /// on from the same model.</summary>
    public async Task<SubmittedJob?> JobAsync(IFineTuningProvider provider, SubmitJobInput input, CancellationToken cancellation)
    {
        string name = input.Candidate.Name;
        ImmutableArray<string> earlier = await OfAsync(input.RunId, cancellation);
        // Once this run has asked for a job of its own, that one is waited for.
        if (earlier.IsEmpty || await store.ExistsAsync(RunPaths.JobIntent(input.RunId, name), cancellation)
            || await UploadAsync(input.RunId, input.Files.Train, cancellation) is not { } upload)
        {
            return null;
        }

        foreach (string run in earlier)
        {
            if (await MadeAsync(run, name, cancellation) is { } made
                && made.ContinuedFrom == input.ContinueModel
                && (await store.FindJsonAsync<SpendRecord<UploadedFile>>(BlobPath.Of(RunPaths.Runs, RunPaths.UploadsPrefix(run) + upload), cancellation))?.Value.Result is { } file
                && await SameRecipeAsync(run, input.RunId, name, cancellation)
                && await provider.GetJobAsync(made.JobId, cancellation) is { State: JobState.Succeeded, TunedModel: not null } job
                && (job.TrainingFile is null || job.TrainingFile == file.FileId))
            {
                return made with { PaidBy = made.PaidBy ?? run };
            }
        }

        return null;
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

    /// <summary>The name of this run's record of an upload: provider and content, and so the same in every run.</summary>
    private async Task<string?> UploadAsync(string runId, string fileId, CancellationToken cancellation)
    {
        string prefix = RunPaths.UploadsPrefix(runId);
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, prefix, cancellation))
        {
            if ((await store.FindJsonAsync<SpendRecord<UploadedFile>>(entry.Path, cancellation))?.Value.Result?.FileId == fileId)
            {
                return entry.Path.Name[prefix.Length..];
            }
        }

        return null;
    }

    private async Task<RunRecord?> RecordAsync(string runId, CancellationToken cancellation) =>
        (await store.FindJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation))?.Value;
}
