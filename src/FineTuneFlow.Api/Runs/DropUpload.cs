using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace FineTuneFlow.Api.Runs;

/// <summary>Takes a CSV that comes as multipart/form-data and drops it. The parts may come in any order: <c>project</c>,
/// <c>recipe</c> (JSON, field or file, optional) and <c>file</c>.</summary>
public sealed class DropUpload(IBlobStore blobs, RunStarter starter)
{
    private const string Uploads = "uploads";

    public async Task<StartedRun> ReceiveAsync(HttpRequest request, CancellationToken cancellation)
    {
        await using FormUpload form = await ReadAsync(request, cancellation);
        string project = ProjectName.Check(form.Project);
        if (form.Recipe is not null)
        {
            RecipeReader.Read("recipe", form.Recipe);
        }

        BlobPath drop = await KeepAsync(project, form, cancellation);
        return await starter.StartAsync(project, drop, form.Recipe, "http", cancellation);
    }

    /// <summary>A file that comes with a recipe of its own lies beside the drops, for what watches the drops would start it with
    /// the project's recipe as well. Nothing is overwritten, since an earlier run may still need it: other content under a
    /// taken name goes beside it.</summary>
    private async Task<BlobPath> KeepAsync(string project, FormUpload form, CancellationToken cancellation)
    {
        string container = form.Recipe is null ? RunPaths.Drops : Uploads;
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

    private static async Task<FormUpload> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        string? boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary).Value;
        if (string.IsNullOrEmpty(boundary))
        {
            throw ApiRequest.Invalid("the form has no boundary", "Send multipart/form-data as a form library makes it.", null);
        }

        var form = new FormUpload();
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            while (await reader.ReadNextSectionAsync(cancellation) is { } section)
            {
                await TakeAsync(form, section, cancellation);
            }

            if (form.FileName.Length == 0)
            {
                throw ApiRequest.Invalid("the form has no file", "Add the CSV as part \"file\".", "file");
            }

            return form;
        }
        catch (Exception exception)
        {
            await form.DisposeAsync();
            if (exception is IOException or InvalidDataException)
            {
                throw ApiRequest.Invalid("the form ends before it is whole", "Send it again.", "file");
            }

            throw;
        }
    }

    private static async Task TakeAsync(FormUpload form, MultipartSection section, CancellationToken cancellation)
    {
        ContentDispositionHeaderValue? disposition = section.GetContentDispositionHeader();
        string name = HeaderUtilities.RemoveQuotes(disposition?.Name ?? "").Value ?? "";
        switch (name)
        {
            case "project":
                form.Project = Encoding.UTF8.GetString(await SmallAsync(section.Body, name, cancellation)).Trim();
                break;
            case "recipe":
                form.Recipe = await SmallAsync(section.Body, name, cancellation);
                break;
            case "file":
                string given = HeaderUtilities.RemoveQuotes(disposition!.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
                form.FileName = Path.GetFileName(given.Replace('\\', '/')) is { Length: > 0 } file ? file : "drop.csv";
                await form.FillAsync(section.Body, cancellation);
                break;
            default:
                throw ApiRequest.Invalid($"the form's part \"{name}\" is not known", "Send project, recipe (optional) and file.", name);
        }
    }

    private static async Task<byte[]> SmallAsync(Stream body, string name, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var part = new byte[8 * 1024];
        int read;
        while ((read = await body.ReadAsync(part, cancellation)) > 0)
        {
            bytes.Write(part, 0, read);
            if (bytes.Length > ApiRequest.MaxJsonBytes)
            {
                throw ApiRequest.Invalid($"the form's part {name} is too long", "Only the part \"file\" may be large.", name);
            }
        }

        return bytes.ToArray();
    }
}
