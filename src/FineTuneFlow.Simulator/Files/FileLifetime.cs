using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Files;

/// <summary>The <c>expires_after</c> of a file: an hour to thirty days after its creation.</summary>
internal static class FileLifetime
{
    private static readonly HashSet<string> Known = ["file", "purpose", "file_name", "file_type", "expires_after[anchor]", "expires_after[seconds]"];

    /// <summary>From the fields of a multipart upload.</summary>
    /// <exception cref="ApiException">400: an unknown field, another anchor, seconds out of range.</exception>
    public static TimeSpan? Of(IReadOnlyDictionary<string, string> fields)
    {
        if (fields.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
        {
            throw KnownFields.Unknown(unknown);
        }

        fields.TryGetValue("expires_after[anchor]", out string? anchor);
        fields.TryGetValue("expires_after[seconds]", out string? seconds);
        return anchor is null && seconds is null ? null : Checked(anchor, seconds);
    }

    /// <summary>From the body of an upload's creation.</summary>
    /// <inheritdoc cref="Of(IReadOnlyDictionary{string, string})" path="/exception"/>
    public static TimeSpan? Of(JsonElement body) =>
        body.TryGetProperty("expires_after", out JsonElement after) && after.ValueKind == JsonValueKind.Object
            ? Checked(after.OptionalString("anchor"), after.TryGetProperty("seconds", out JsonElement seconds) ? seconds.GetRawText() : null)
            : null;

    private static TimeSpan Checked(string? anchor, string? seconds) =>
        anchor != "created_at" ? throw ApiException.Invalid("expires_after.anchor", "expires_after.anchor must be 'created_at'.")
        : int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 3600 and <= 2_592_000
            ? TimeSpan.FromSeconds(number)
            : throw ApiException.Invalid("expires_after.seconds", "expires_after.seconds must be a whole number from 3600 to 2592000.");
}
