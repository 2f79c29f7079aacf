using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Providers;

/// <summary>Settings reach us in three spellings: <c>A:B</c> (JSON sections), <c>A__B</c> (a flat key that no provider has
/// split) and <c>Values:A__B</c> (local.settings.json read as it stands). All mean the same setting.</summary>
internal static class SettingNames
{
    private const string LocalSettings = "Values:";

    public static IConfiguration Flatten(IConfiguration settings)
    {
        var flat = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        // The settings file is the weakest source, so that the environment overrides it as it does in the Functions host.
        foreach ((string key, string? value) in settings.AsEnumerable().OrderByDescending(IsLocal))
        {
            if (value is not null)
            {
                string name = key.StartsWith(LocalSettings, StringComparison.OrdinalIgnoreCase) ? key[LocalSettings.Length..] : key;
                flat[name.Replace("__", ":", StringComparison.Ordinal)] = value;
            }
        }

        return new ConfigurationBuilder().AddInMemoryCollection(flat).Build();

        static bool IsLocal(KeyValuePair<string, string?> setting) =>
            setting.Key.StartsWith(LocalSettings, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>As people write it in an environment or in local.settings.json.</summary>
    public static string Written(string path) => path.Replace(":", "__", StringComparison.Ordinal);
}
