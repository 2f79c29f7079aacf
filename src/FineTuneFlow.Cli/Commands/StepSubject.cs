using System.Text.Json.Nodes;

namespace FineTuneFlow.Cli.Commands;

/// <summary>What a step was about, so that steps of one name can be told apart.</summary>
internal static class StepSubject
{
    /// <summary>A file, a stage or a chunk that the step's input names; empty where it names none.</summary>
    public static string Of(JsonNode? input) => input switch
    {
        JsonObject step when step["file"]?["blob"]?["path"] is JsonValue path => Path.GetFileName(path.GetValue<string>()),
        JsonObject step when step["fileId"] is JsonValue file => file.GetValue<string>(),
        JsonObject step when step["stages"] is JsonArray { Count: > 0 } stages => stages[^1]?["name"]?.GetValue<string>() ?? "",
        JsonObject step when step["chunk"] is JsonValue chunk => $"chunk {chunk.GetValue<int>()}",
        _ => "",
    };
}
