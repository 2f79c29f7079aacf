using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Files;

/// <summary>An upload in parts.</summary>
/// <param name="FileLifetime">Seconds that the file lives once it is completed; null: for good.</param>
/// <param name="Status">pending, completed, cancelled or expired.</param>
internal sealed record PendingUpload(
    string Id, string Filename, string Purpose, long Bytes, long CreatedAt, long ExpiresAt, string Status,
    ImmutableDictionary<string, long> Parts, string? FileId, long? FileLifetime = null)
{
    public JsonObject ToJson(JsonObject? file) => new()
    {
        ["id"] = Id,
        ["object"] = "upload",
        ["bytes"] = Bytes,
        ["created_at"] = CreatedAt,
        ["expires_at"] = ExpiresAt,
        ["filename"] = Filename,
        ["purpose"] = Purpose,
        ["status"] = Status,
        ["file"] = file,
    };
}
