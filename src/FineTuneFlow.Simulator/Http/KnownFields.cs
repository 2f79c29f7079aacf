using System.Text.Json;

namespace FineTuneFlow.Simulator.Http;

/// <summary>A body may hold the documented fields only: what the service would refuse must not pass here unnoticed.</summary>
internal static class KnownFields
{
    /// <exception cref="ApiException">400 unknown_parameter.</exception>
    public static void Check(JsonElement body, IReadOnlySet<string> known, string prefix = "")
    {
        foreach (JsonProperty field in body.EnumerateObject())
        {
            if (!known.Contains(field.Name))
            {
                throw Unknown(prefix + field.Name);
            }
        }
    }

    public static ApiException Unknown(string name) => new(400, $"Unknown parameter: '{name}'.", "unknown_parameter", name);

    /// <summary>A documented field that the simulator does not serve.</summary>
    public static ApiException Unsupported(string name, string why) =>
        new(400, $"Unsupported parameter: '{name}' {why}", "unsupported_parameter", name);
}
