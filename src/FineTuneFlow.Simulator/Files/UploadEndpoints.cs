using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Files;

/// <summary><c>/uploads</c>.</summary>
internal sealed class UploadEndpoints(UploadStore uploads, FileStore files)
{
    private static readonly HashSet<string> Known = ["filename", "purpose", "bytes", "mime_type", "expires_after"];
    private static readonly HashSet<string> KnownOfCompletion = ["part_ids", "md5"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/uploads", Create);
        routes.MapPost("/uploads/{id}/parts", AddPart);
        routes.MapPost("/uploads/{id}/complete", Complete);
        routes.MapPost("/uploads/{id}/cancel", http => ApiWriter.WriteAsync(http, uploads.Cancel(http.RouteId()).ToJson(file: null)));
    }

    private async Task Create(HttpContext http)
    {
        JsonElement body = await RequestBody.ObjectAsync(http);
        KnownFields.Check(body, Known);
        body.RequiredString("mime_type");
        if (!body.TryGetProperty("bytes", out JsonElement bytes) || !bytes.TryGetInt64(out long size))
        {
            throw new ApiException(400, "Missing required parameter: 'bytes'.", "missing_required_parameter", "bytes");
        }

        PendingUpload upload = uploads.Create(body.RequiredString("filename"), body.RequiredString("purpose"), size, FileLifetime.Of(body));
        await ApiWriter.WriteAsync(http, upload.ToJson(file: null));
    }

    private async Task AddPart(HttpContext http)
    {
        using MultipartUpload part = await MultipartUpload.ReadAsync(http, "data", uploads.NewTemporaryPath(), UploadStore.MaximumPart);
        (PendingUpload upload, string id) = uploads.AddPart(http.RouteId(), part.FilePath);
        await ApiWriter.WriteAsync(http, new JsonObject
        {
            ["id"] = id,
            ["object"] = "upload.part",
            ["created_at"] = upload.CreatedAt,
            ["upload_id"] = upload.Id,
        });
    }

    private async Task Complete(HttpContext http)
    {
        JsonElement body = await RequestBody.ObjectAsync(http);
        KnownFields.Check(body, KnownOfCompletion);
        if (!body.TryGetProperty("part_ids", out JsonElement parts) || parts.ValueKind != JsonValueKind.Array)
        {
            throw new ApiException(400, "Missing required parameter: 'part_ids'.", "missing_required_parameter", "part_ids");
        }

        (PendingUpload upload, StoredFile file) = uploads.Complete(
            http.RouteId(), [.. parts.EnumerateArray().Select(part => part.GetString() ?? "")], body.OptionalString("md5"));
        await ApiWriter.WriteAsync(http, upload.ToJson(file.ToJson(files.StatusOf(file, http.IsAzure()))));
    }
}
