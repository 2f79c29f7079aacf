using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace FineTuneFlow.Tests;

/// <summary>Checks reports against <c>docs/report.schema.json</c>, with a validator that is not ours.</summary>
internal static class ReportSchema
{
    public static string Path
    {
        get
        {
            string root = AppContext.BaseDirectory;
            while (!File.Exists(System.IO.Path.Combine(root, "FineTuneFlow.sln")))
            {
                root = System.IO.Path.GetDirectoryName(root)!;
            }

            return System.IO.Path.Combine(root, "docs", "report.schema.json");
        }
    }

    /// <summary>What contradicts the schema, with its place. Properties that the schema does not have count: readers may be given more
    /// some day, but whatever this version writes is documented.</summary>
    public static IReadOnlyList<string> Problems(string reportJson)
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(Path))!;
        Close(schema);
        using var report = JsonDocument.Parse(reportJson);
        EvaluationResults results = JsonSchema.FromText(schema.ToJsonString()).Evaluate(
            report.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid
            ? []
            : [.. results.Details!.Where(detail => detail.Errors is not null).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")).Take(20)];
    }

    private static void Close(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (JsonNode? item in list)
            {
                Close(item);
            }
        }
        else if (node is JsonObject schema)
        {
            foreach (JsonNode? inner in schema.Select(member => member.Value).ToArray())
            {
                Close(inner);
            }

            if (schema["properties"] is JsonObject && schema["type"] is not null && schema["additionalProperties"] is null)
            {
                schema["additionalProperties"] = false;
            }
        }
    }
}
