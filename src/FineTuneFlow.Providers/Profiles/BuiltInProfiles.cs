using System.Collections.Immutable;
using System.Reflection;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Providers.Profiles;

/// <summary>The profiles that ship with the product, each a JSON file of this folder.</summary>
public static class BuiltInProfiles
{
    private const string Folder = "FineTuneFlow.Providers.Profiles.";

    private static readonly Assembly Own = typeof(BuiltInProfiles).Assembly;

    /// <summary>In order of name.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        .. Own.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^".json".Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A profile as it ships.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static ServiceProfile Get(string name) => ProfileReader.Read(name, new ConfigurationBuilder().Build().GetSection("Profile"));

    /// <summary>The profile of a provider whose settings name none.</summary>
    public static ServiceProfile Of(ProviderKind kind, Uri address) => Get(kind switch
    {
        ProviderKind.AzureOpenAI => "azure",
        ProviderKind.Simulator => "simulator",
        _ => address.Host.EndsWith("openai.com", StringComparison.OrdinalIgnoreCase) ? "openai" : "gateway",
    });

    /// <summary>A profile's values as settings.</summary>
    internal static IEnumerable<KeyValuePair<string, string?>> ValuesOf(string name)
    {
        using Stream json = Own.GetManifestResourceStream($"{Folder}{name}.json")!;
        return [.. new ConfigurationBuilder().AddJsonStream(json).Build().AsEnumerable().Where(pair => pair.Value is not null)];
    }
}
