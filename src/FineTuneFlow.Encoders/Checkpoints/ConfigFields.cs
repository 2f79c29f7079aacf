using System.Text.Json.Nodes;

namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>Reads the fields of a JSON object; a null counts as absent.</summary>
internal sealed class ConfigFields(JsonObject json)
{
    public IEnumerable<KeyValuePair<string, JsonNode?>> Entries => json;

    /// <exception cref="FormatException">The field is missing.</exception>
    public int Whole(string name) => WholeOrNull(name) ?? throw new FormatException($"the field {name} is missing");

    public int? WholeOrNull(string name) => json[name] is { } value ? (int)value : null;

    public double Number(string name, double otherwise) => json[name] is { } value ? (double)value : otherwise;

    public string? Text(string name) => (string?)json[name];

    public bool Truth(string name) => json[name] is { } value && (bool)value;

    public ConfigFields? Within(string name) => json[name] is JsonObject inner ? new ConfigFields(inner) : null;
}
