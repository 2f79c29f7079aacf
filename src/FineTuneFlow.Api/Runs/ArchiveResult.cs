using System.IO.Compression;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FineTuneFlow.Api.Runs;

/// <summary>Packs a run's files while they are sent: neither memory nor disk holds more of them than a buffer.</summary>
internal sealed class ArchiveResult(IBlobStore blobs, string runId) : IResult
{
    // What ZIP can write as the time of a file.
    private static readonly DateTimeOffset Earliest = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        CancellationToken cancellation = httpContext.RequestAborted;
        HttpResponse response = httpContext.Response;
        response.ContentType = "application/zip";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentDisposition = $"attachment; filename=\"{runId}.zip\"";
        if (HttpMethods.IsHead(httpContext.Request.Method))
        {
            return;
        }

        // The last bytes of each packed file are written as its stream is closed, which .NET's archives do not do asynchronously.
        httpContext.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        await using ZipArchive archive = await ZipArchive.CreateAsync(response.Body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellation);
        await foreach (BlobEntry entry in blobs.ListAsync(RunPaths.Runs, runId + "/", cancellation))
        {
            // A file that has gone since it was listed is left out.
            if (await blobs.OpenAsync(entry.Path, cancellation) is not { } read)
            {
                continue;
            }

            await using (read)
            {
                ZipArchiveEntry packed = archive.CreateEntry(entry.Path.Name[(runId.Length + 1)..], CompressionLevel.Fastest);
                packed.LastWriteTime = entry.ModifiedAt < Earliest ? Earliest : entry.ModifiedAt;
                await using Stream to = await packed.OpenAsync(cancellation);
                await read.Content.CopyToAsync(to, cancellation);
            }
        }
    }
}
