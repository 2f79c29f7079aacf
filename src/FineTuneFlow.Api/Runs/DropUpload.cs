using System.Security.Cryptography;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Takes a CSV that comes as multipart/form-data and drops it. The parts may come in any order: <c>project</c>,
/// <c>recipe</c> (JSON, field or file, optional) and <c>file</c>.</summary>
public sealed class DropUpload(IBlobStore blobs, RunStarter starter, SuspectsIntake suspects)
{
    public async Task<StartedRun> ReceiveAsync(HttpRequest request, CancellationToken cancellation)
    {
        await using FormUpload form = await FormReader.ReadAsync(request, cancellation);
        string project = ProjectName.Check(form.Project);
        if (form.Recipe is not null)
        {
            RecipeReader.Read("recipe", form.Recipe);
        }

        BlobPath drop = await KeepAsync(project, form, cancellation);
        return await suspects.TryTakeAsync(project, drop, cancellation)
            ?? await starter.StartAsync(project, drop, form.Recipe, "http", cancellation);
    }

    /// <summary>A file that comes with a recipe of its own lies beside the drops, for what watches the drops would start it with
    /// the project's recipe as well. Nothing is overwritten, since an earlier run may still need it: other content under a
    /// taken name goes beside it.</summary>
    private async Task<BlobPath> KeepAsync(string project, FormUpload form, CancellationToken cancellation)
    {
        string container = form.Recipe is null ? RunPaths.Drops : RunPaths.Uploads;
        BlobPath wanted = BlobPath.Of(container, $"{project}/{form.FileName}");
        string? present = await HashAsync(wanted, cancellation);
        if (present == form.Sha256)
        {
            return wanted;
        }

        string stem = Path.GetFileNameWithoutExtension(form.FileName);
        BlobPath drop = present is null ? wanted : BlobPath.Of(container, $"{project}/{stem}-{form.Sha256[..8]}{Path.GetExtension(form.FileName)}");
        form.File.Position = 0;
        try
        {
            await blobs.WriteAsync(drop, form.File, WriteCondition.Absent, cancellation);
        }
        catch (FlowException exception) when (exception.Failure.Kind == FailureKind.Conflict)
        {
            // The same upload twice at once: the other one has written it.
            if (await HashAsync(drop, cancellation) != form.Sha256)
            {
                throw;
            }
        }

        return drop;
    }

    private async Task<string?> HashAsync(BlobPath path, CancellationToken cancellation)
    {
        await using BlobRead? read = await blobs.OpenAsync(path, cancellation);
        return read is null ? null : Convert.ToHexStringLower(await SHA256.HashDataAsync(read.Content, cancellation));
    }
}
