using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Batches;

/// <summary>A batch of inference requests.</summary>
/// <param name="Status">validating, in_progress, finalizing, completed, failed, cancelling or cancelled.</param>
internal sealed record Batch(
    string Id, string InputFile, string Endpoint, string Status, long CreatedAt, long? EndedAt, int Total, int Completed, int Failed,
    string? OutputFile, string? ErrorFile, ImmutableArray<string> Errors, ImmutableSortedDictionary<string, string> Metadata, bool Azure)
{
    public bool IsOver => Status is "completed" or "failed" or "cancelled";

    public JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["object"] = "batch",
        ["endpoint"] = Endpoint,
        ["errors"] = Errors.IsEmpty ? null : new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. Errors.Select(error => new JsonObject { ["code"] = "invalid_request", ["message"] = error })]),
        },
        ["input_file_id"] = InputFile,
        ["completion_window"] = "24h",
        ["status"] = Status,
        ["output_file_id"] = OutputFile,
        ["error_file_id"] = ErrorFile,
        ["created_at"] = CreatedAt,
        ["in_progress_at"] = Status == "validating" ? null : CreatedAt,
        ["expires_at"] = CreatedAt + (24 * 3600),
        ["completed_at"] = Status == "completed" ? EndedAt : null,
        ["failed_at"] = Status == "failed" ? EndedAt : null,
        ["cancelled_at"] = Status == "cancelled" ? EndedAt : null,
        ["request_counts"] = new JsonObject { ["total"] = Total, ["completed"] = Completed, ["failed"] = Failed },
        ["metadata"] = new JsonObject(Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
    };
}
