using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Simulator.Http;

/// <summary>How answers are written.</summary>
internal static class ApiWriter
{
    public static async Task WriteAsync(HttpContext http, JsonNode body, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, FlowJson.Compact);
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    public static Task ErrorAsync(HttpContext http, ApiException error) => WriteAsync(
        http,
        new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = error.Message,
                ["type"] = error.Type,
                ["param"] = error.Param,
                ["code"] = error.Code,
            },
        },
        error.Status);

    /// <summary>The envelope of a page.</summary>
    public static JsonObject Page(IEnumerable<JsonObject> items, bool hasMore)
    {
        JsonArray data = [.. items];
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = data,
            ["first_id"] = data.Count == 0 ? null : data[0]!["id"]?.GetValue<string>(),
            ["last_id"] = data.Count == 0 ? null : data[^1]!["id"]?.GetValue<string>(),
            ["has_more"] = hasMore,
        };
    }
}
