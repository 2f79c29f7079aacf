using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Faults;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Files;

/// <summary><c>/files</c>.</summary>
internal sealed class FileEndpoints(FileStore files)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/files", Upload);
        // Together's own route for the same.
        routes.MapPost("/files/upload", Upload);
        routes.MapGet("/files", List);
        routes.MapGet("/files/{id}", http => ApiWriter.WriteAsync(http, ToJson(http, files.Get(http.RouteId()))));
        routes.MapDelete("/files/{id}", Delete);
        routes.MapGet("/files/{id}/content", Content);
    }

    private async Task Upload(HttpContext http)
    {
        // A name of its own beside the file part's is Together's.
        using MultipartUpload upload = await MultipartUpload.ReadAsync(http, "file", files.NewTemporaryPath(), FileStore.MaximumBytes);
        StoredFile file = files.Adopt(upload.FilePath, upload.FileName, upload.Field("purpose"), FileLifetime.Of(upload.Fields));
        await ApiWriter.WriteAsync(http, ToJson(http, file), http.IsAzure() ? 201 : 200);
    }

    private Task List(HttpContext http)
    {
        string? purpose = http.Request.Query["purpose"];
        bool ascending = http.Request.Query["order"] == "asc";
        IEnumerable<StoredFile> all = files.All.Where(file => string.IsNullOrEmpty(purpose) || file.Purpose == purpose);
        List<StoredFile> ordered = [.. ascending
            ? all.OrderBy(file => file.ReadyAt).ThenBy(file => file.Id, StringComparer.Ordinal)
            : all.OrderByDescending(file => file.ReadyAt).ThenBy(file => file.Id, StringComparer.Ordinal)];
        (List<StoredFile> page, bool more) = Paging.Of(http, 10_000, 10_000).Take(ordered, file => file.Id);
        return ApiWriter.WriteAsync(http, ApiWriter.Page(page.Select(file => ToJson(http, file)), more));
    }

    private Task Delete(HttpContext http)
    {
        StoredFile file = files.Get(http.RouteId());
        files.Delete(file.Id);
        return ApiWriter.WriteAsync(http, new JsonObject { ["id"] = file.Id, ["object"] = "file", ["deleted"] = true });
    }

    private async Task Content(HttpContext http)
    {
        StoredFile file = files.Get(http.RouteId());
        await using Stream content = files.Open(file.Id);
        http.Response.ContentType = "application/octet-stream";
        if (AnswerShape.Of(http).Base64Content)
        {
            using var copy = new MemoryStream();
            await content.CopyToAsync(copy, http.RequestAborted);
            await http.Response.WriteAsync(Convert.ToBase64String(copy.ToArray()), http.RequestAborted);
            return;
        }

        http.Response.ContentLength = content.Length;
        await content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private JsonObject ToJson(HttpContext http, StoredFile file)
    {
        JsonObject json = file.ToJson(files.StatusOf(file, http.IsAzure()));
        if (AnswerShape.Of(http).Azure)
        {
            json["created_at"] = DateTimeOffset.FromUnixTimeSeconds(file.CreatedAt).ToString("yyyy-MM-ddTHH:mm:ssZ");
            json.Remove("status_details");
            json.Remove("expires_at");
        }

        return json;
    }
}
