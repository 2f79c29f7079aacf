using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>Reads what the hub's API tells of a model (huggingface.co/docs/hub/api): the commit, the files with their hashes, the
/// licence.</summary>
internal static partial class HubCatalog
{
    public static Uri Address(HubSettings settings, ModelSource source) =>
        new(settings.Endpoint, $"/api/models/{source.Name}/revision/{Uri.EscapeDataString(source.Revision)}?blobs=true");

    public static Uri FileAddress(HubSettings settings, HubModel model, string path) =>
        new(settings.Endpoint, $"/{model.Name}/resolve/{model.Commit}/{path}");

    /// <exception cref="FlowException">Unavailable: the answer is not the API's, as from a proxy's login page.</exception>
    public static HubModel Read(string name, string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            string commit = root.GetProperty("sha").GetString()!;
            if (!Commit().IsMatch(commit))
            {
                throw new JsonException("no commit");
            }

            ImmutableArray<HubFile> files = [.. root.GetProperty("siblings").EnumerateArray().Select(File)];
            return new HubModel(name, commit, Licence(root), files);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FlowException(FailureKind.Unavailable, $"The hub's answer about {name} cannot be read", "Look whether HF_ENDPOINT is a hub, and whether a proxy stands between", error);
        }
    }

    private static HubFile File(JsonElement file)
    {
        string? sha256 = file.TryGetProperty("lfs", out JsonElement large) && large.ValueKind == JsonValueKind.Object ? large.GetProperty("sha256").GetString() : null;
        long size = file.TryGetProperty("size", out JsonElement told) && told.ValueKind == JsonValueKind.Number ? told.GetInt64() : -1;
        return new HubFile(
            file.GetProperty("rfilename").GetString()!, size, sha256, file.TryGetProperty("blobId", out JsonElement blob) ? blob.GetString() : null);
    }

    private static string? Licence(JsonElement root)
    {
        if (root.TryGetProperty("cardData", out JsonElement card) && card.ValueKind == JsonValueKind.Object
            && card.TryGetProperty("license", out JsonElement licence) && licence.ValueKind == JsonValueKind.String)
        {
            return licence.GetString();
        }

        const string Prefix = "license:";
        return root.TryGetProperty("tags", out JsonElement tags) && tags.ValueKind == JsonValueKind.Array
            ? tags.EnumerateArray().Select(tag => tag.GetString() ?? "").FirstOrDefault(tag => tag.StartsWith(Prefix, StringComparison.Ordinal))?[Prefix.Length..]
            : null;
    }

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex Commit();
}
