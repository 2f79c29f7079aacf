using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FineTuneFlow.Core.Json;

/// <summary>How everything the product stores or sends is written: camelCase, enums by name, nulls left out.</summary>
public static class FlowJson
{
    /// <summary>One line a value: history, JSON lines, HTTP.</summary>
    public static JsonSerializerOptions Compact { get; } = Make(indented: false);

    /// <summary>Files that people open.</summary>
    public static JsonSerializerOptions Indented { get; } = Make(indented: true);

    private static JsonSerializerOptions Make(bool indented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            NewLine = "\n",
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            // The texts of people are of all scripts: readable in files, still valid JSON. None of it is put into HTML unescaped.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
