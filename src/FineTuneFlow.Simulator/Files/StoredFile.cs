using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Files;

/// <summary>A file of the service; its content lies beside its document.</summary>
/// <param name="CreatedAt">Unix seconds.</param>
/// <param name="ExpiresAt">When it is deleted by itself, Unix seconds; null: never.</param>
/// <param name="ReadyAt">When the Azure side says <c>processed</c>, Unix milliseconds.</param>
internal sealed record StoredFile(string Id, string Filename, string Purpose, long Bytes, string Sha256, long CreatedAt, long ReadyAt, long? ExpiresAt = null)
{
    public JsonObject ToJson(string status) => new()
    {
        ["id"] = Id,
        ["object"] = "file",
        ["bytes"] = Bytes,
        ["created_at"] = CreatedAt,
        ["expires_at"] = ExpiresAt,
        ["filename"] = Filename,
        ["purpose"] = Purpose,
        ["status"] = status,
        ["status_details"] = null,
    };
}
