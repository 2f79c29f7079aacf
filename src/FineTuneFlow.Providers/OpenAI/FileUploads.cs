using System.ClientModel;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Puts a file into the service: in one request, or above <see cref="ProviderOptions.PartsAbove"/> in parts. In parts
/// the file exists only once it was completed, so everything before that may fail without leaving anything behind.</summary>
internal sealed class FileUploads(ServiceConnection service, ProviderOptions options)
{
    private const int PartsAtOnce = 4;

    public async Task<ProviderFile> UploadAsync(string name, string purpose, Stream content, long bytes, CancellationToken cancellation)
    {
        bool mark = options.Profile.ByteOrderMark;
        long expected = bytes + (mark ? MultipartFile.ByteOrderMarkBytes : 0);
        ProviderFile file = expected > options.PartsAbove
            ? await InPartsAsync(name, purpose, content, bytes, mark, cancellation)
            : await AtOnceAsync(name, purpose, content, bytes, mark, cancellation);
        if (file.Bytes is { } there && there != expected)
        {
            await service.SendAsync(ServiceCall.DeleteFile, "DELETE", $"files/{Uri.EscapeDataString(file.Id)}", cancellation: cancellation);
            throw new FlowException(FailureKind.Unavailable, $"{options.Name} has {there} of the {expected} bytes that were sent; the file was deleted again");
        }

        return file;
    }

    private async Task<ProviderFile> AtOnceAsync(string name, string purpose, Stream content, long bytes, bool mark, CancellationToken cancellation)
    {
        using var form = new MultipartFile(Fields(name, purpose), "file", name, new ExactStream(content, bytes, name), bytes, mark);
        JsonElement answer = await service.SendJsonAsync(
            ServiceCall.UploadFile, "POST", options.Profile.UploadRoute, form, form.ContentType, options.UploadTimeout, cancellation);
        return JobReading.File(answer) ?? throw service.Unreadable(ServiceCall.UploadFile);
    }

    private async Task<ProviderFile> InPartsAsync(string name, string purpose, Stream content, long bytes, bool mark, CancellationToken cancellation)
    {
        long total = bytes + (mark ? MultipartFile.ByteOrderMarkBytes : 0);
        JsonElement upload = await service.SendJsonAsync(
            ServiceCall.OpenUpload, "POST", "uploads",
            Json(new { purpose, filename = name, bytes = total, mime_type = "text/jsonl" }), cancellation: cancellation);
        string id = upload.Text("id") ?? throw service.Unreadable(ServiceCall.OpenUpload);
        string route = $"uploads/{Uri.EscapeDataString(id)}";
        string[] parts;
        try
        {
            parts = await SendPartsAsync(route, new ExactStream(content, bytes, name), mark, cancellation);
        }
        catch
        {
            await GiveUpAsync(route);
            throw;
        }

        JsonElement done = await service.SendJsonAsync(
            ServiceCall.CompleteUpload, "POST", $"{route}/complete", Json(new { part_ids = parts }),
            timeout: options.UploadTimeout, cancellation: cancellation);
        return (done.Member("file") is { } file ? JobReading.File(file) : null) ?? throw service.Unreadable(ServiceCall.CompleteUpload);
    }

    /// <summary>Reads the content once, in order, and keeps a few parts under way.</summary>
    private async Task<string[]> SendPartsAsync(string route, Stream content, bool mark, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var places = new SemaphoreSlim(PartsAtOnce);
        var sent = new List<Task<string>>();
        bool first = mark;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await places.WaitAsync(cancellation);
                byte[] buffer = new byte[options.PartBytes];
                int read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
                if (read == 0)
                {
                    break;
                }

                sent.Add(SendPartAsync(new MemoryStream(buffer, 0, read), first));
                first = false;
            }

            cancellation.ThrowIfCancellationRequested();
            return await Task.WhenAll(sent);
        }
        catch
        {
            // The source failed or the caller gave up: what is under way is of no use, and must not go on when the upload is cancelled.
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(sent)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        async Task<string> SendPartAsync(MemoryStream data, bool withMark)
        {
            try
            {
                using var form = new MultipartFile([], "data", "part", data, data.Length, withMark);
                JsonElement part = await service.SendJsonAsync(
                    ServiceCall.UploadPart, "POST", $"{route}/parts", form, form.ContentType, options.UploadTimeout, stop.Token);
                return part.Text("id") ?? throw service.Unreadable(ServiceCall.UploadPart);
            }
            catch
            {
                // One that is lacking is enough: nobody waits for the others.
                await stop.CancelAsync();
                throw;
            }
            finally
            {
                places.Release();
            }
        }
    }

    /// <summary>Tidies up; left alone, the upload expires after an hour by itself.</summary>
    private async Task GiveUpAsync(string route)
    {
        try
        {
            await service.SendAsync(ServiceCall.CancelUpload, "POST", $"{route}/cancel", timeout: TimeSpan.FromSeconds(10));
        }
        catch (FlowException)
        {
            // What made the upload fail is what the caller has to hear.
        }
    }

    /// <summary>A route of its own wants the name as a field as well.</summary>
    private KeyValuePair<string, string>[] Fields(string name, string purpose) =>
        options.Profile.UploadRoute == "files" ? [new("purpose", purpose)] : [new("purpose", purpose), new("file_name", name)];

    private static BinaryContent Json(object value) => BinaryContent.Create(BinaryData.FromObjectAsJson(value));
}
