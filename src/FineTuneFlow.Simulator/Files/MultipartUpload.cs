using FineTuneFlow.Simulator.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace FineTuneFlow.Simulator.Files;

/// <summary>A multipart request, streamed: its fields, and its one file part on disk.</summary>
internal sealed record MultipartUpload(IReadOnlyDictionary<string, string> Fields, string FilePath, string FileName) : IDisposable
{
    /// <param name="http">The request.</param>
    /// <param name="part">Name of the file part.</param>
    /// <param name="path">Where its content is written.</param>
    /// <param name="maximum">Most bytes.</param>
    /// <exception cref="ApiException">400: no multipart, no such part; on the Azure side a part without Content-Type. 413.</exception>
    public static async Task<MultipartUpload> ReadAsync(HttpContext http, string part, string path, long maximum)
    {
        string? boundary = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? HeaderUtilities.RemoveQuotes(type.Boundary).Value
            : null;
        if (string.IsNullOrEmpty(boundary))
        {
            throw new ApiException(400, "The request must be multipart/form-data.");
        }

        var reader = new MultipartReader(boundary, http.Request.Body);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        string? filename = null;
        try
        {
            while (await reader.ReadNextSectionAsync(http.RequestAborted) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition))
                {
                    continue;
                }

                string name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
                if (name != part)
                {
                    using var text = new StreamReader(section.Body);
                    fields[name] = await text.ReadToEndAsync(http.RequestAborted);
                    continue;
                }

                if (http.IsAzure() && section.ContentType is null)
                {
                    throw ApiException.Invalid(part, "The file part of the request has no Content-Type.");
                }

                filename = disposition.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(disposition.FileName).Value ?? "upload";
                await SaveAsync(section.Body, path, maximum, http.RequestAborted);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ApiException or OperationCanceledException)
        {
            File.Delete(path);
            throw e is InvalidDataException ? new ApiException(400, "The multipart body is broken.") : e;
        }

        return filename is null
            ? throw new ApiException(400, $"Missing required parameter: '{part}'.", "missing_required_parameter", part)
            : new MultipartUpload(fields, path, filename);
    }

    public string Field(string name) => Fields.TryGetValue(name, out string? value) && value.Length > 0
        ? value
        : throw new ApiException(400, $"Missing required parameter: '{name}'.", "missing_required_parameter", name);

    /// <summary>Removes the content where nobody has taken it.</summary>
    public void Dispose() => File.Delete(FilePath);

    private static async Task SaveAsync(Stream body, string path, long maximum, CancellationToken ct)
    {
        await using FileStream file = File.Create(path);
        byte[] buffer = new byte[81920];
        int read;
        while ((read = await body.ReadAsync(buffer, ct)) > 0)
        {
            if (file.Length + read > maximum)
            {
                throw new ApiException(413, $"At most {maximum} bytes can be sent at once.");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }
}
