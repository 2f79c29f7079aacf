using System.Text.Json;

namespace FineTuneFlow.Providers.Profiles;

/// <summary>Settings know texts only: a value that reads as JSON is that value, anything else a text.</summary>
internal static class JsonValueText
{
    public static string Of(string value)
    {
        // .NET's configuration writes JSON's true as True.
        string candidate = bool.TryParse(value, out bool truth) ? (truth ? "true" : "false") : value;
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(candidate);
            return parsed.RootElement.GetRawText();
        }
        catch (JsonException)
        {
            return JsonSerializer.Serialize(value);
        }
    }
}
