using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Simulator.Files;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Batches;

/// <summary><c>/batches</c>.</summary>
internal sealed class BatchEndpoints(BatchStore batches, BatchRunner runner, FileStore files, TimeProvider clock)
{
    private static readonly string[] Endpoints = ["/v1/chat/completions", "/v1/completions", "/chat/completions", "/completions"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/batches", Create);
        routes.MapGet("/batches", List);
        routes.MapGet("/batches/{id}", http => ApiWriter.WriteAsync(http, batches.Get(http.RouteId()).ToJson()));
        routes.MapPost("/batches/{id}/cancel", http => ApiWriter.WriteAsync(
            http, batches.Change(http.RouteId(), batch => batch with { Status = "cancelling" }).ToJson()));
    }

    private async Task Create(HttpContext http)
    {
        JsonElement body = await RequestBody.ObjectAsync(http);
        string endpoint = body.RequiredString("endpoint");
        if (!Endpoints.Contains(endpoint))
        {
            throw ApiException.Invalid("endpoint", $"'{endpoint}' is not one of {string.Join(", ", Endpoints)}");
        }

        StoredFile file = files.Find(body.RequiredString("input_file_id"))
            ?? throw ApiException.NotFound("File object", body.RequiredString("input_file_id"), "input_file_id");
        if (file.Purpose != "batch")
        {
            throw ApiException.Invalid("input_file_id", $"File {file.Id} has purpose '{file.Purpose}', but 'batch' is needed.");
        }

        if (body.RequiredString("completion_window") != "24h")
        {
            throw ApiException.Invalid("completion_window", "completion_window must be '24h'");
        }

        ImmutableSortedDictionary<string, string> metadata = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        if (body.TryGetProperty("metadata", out JsonElement given) && given.ValueKind == JsonValueKind.Object)
        {
            metadata = metadata.AddRange(given.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, pair.Value.ToString())));
        }

        Batch batch = batches.Save(new Batch(
            Ids.New("batch_"), file.Id, endpoint, "validating", clock.GetUtcNow().ToUnixTimeSeconds(), EndedAt: null,
            Total: 0, Completed: 0, Failed: 0, OutputFile: null, ErrorFile: null, Errors: [], metadata, http.IsAzure()));
        runner.Start(batch.Id);
        await ApiWriter.WriteAsync(http, batch.ToJson());
    }

    private Task List(HttpContext http)
    {
        (List<Batch> page, bool more) = Paging.Of(http, 20, 100).Take(batches.All(), batch => batch.Id);
        return ApiWriter.WriteAsync(http, ApiWriter.Page(page.Select(batch => batch.ToJson()), more));
    }
}
