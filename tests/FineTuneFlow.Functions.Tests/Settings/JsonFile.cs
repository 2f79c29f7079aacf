using System.Text.Json.Nodes;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Functions.Tests.Settings;

/// <summary>The app's JSON files.</summary>
internal static class JsonFile
{
    public static JsonObject Host => JsonNode.Parse(Repository.Read("host.json"))!.AsObject();

    /// <summary>host.json of a package whose durable state is in storage.</summary>
    public static JsonObject StorageHost => JsonNode.Parse(Repository.Read("host.storage.json"))!.AsObject();

    public static JsonObject LocalSettings => JsonNode.Parse(Repository.Read("local.settings.sample.json"))!.AsObject();

    /// <summary>The sample's settings, as the host puts them into the environment.</summary>
    public static Dictionary<string, string?> Values =>
        LocalSettings[nameof(Values)]!.AsObject().ToDictionary(pair => pair.Key, pair => (string?)pair.Value!.GetValue<string>());
}
