using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Providers;

/// <summary>Reads and checks the settings <c>Providers</c> and <c>DefaultProvider</c> at start, so that a wrong one is told
/// before anything runs. With nothing configured there is the simulator on this machine.</summary>
/// <param name="Default">Name used where a recipe names none.</param>
/// <param name="All">In order of name.</param>
public sealed record ProviderSettings(string Default, ImmutableArray<ProviderOptions> All)
{
    private const string Section = "Providers";

    private static readonly ImmutableSortedSet<string> Known = ImmutableSortedSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Kind", "BaseAddress", "Key", "Credential", "ClientId", "MaxJobs", "Tier", "PriceKey", "RequestsPerMinute", "MaxConcurrency",
        "RequestTimeoutSeconds", "UploadTimeoutSeconds", "PartsAboveBytes", "PartBytes", "Deployment");

    private static readonly ImmutableSortedSet<string> KnownOfDeployment = ImmutableSortedSet.Create(
        StringComparer.OrdinalIgnoreCase, "Subscription", "ResourceGroup", "Account", "Sku", "Capacity", "HourlyUsd", "ControlPlane", "Token");

    public static ProviderOptions LocalSimulator { get; } = new()
    {
        Name = "simulator",
        Kind = ProviderKind.Simulator,
        BaseAddress = new Uri("http://127.0.0.1:7072/v1/"),
        PriceKey = "simulator",
    };

    /// <exception cref="FlowException">InvalidInput, naming the setting and what it may be.</exception>
    public static ProviderSettings Read(IConfiguration configuration)
    {
        IConfiguration settings = SettingNames.Flatten(configuration);
        ImmutableArray<ProviderOptions> all =
            [.. settings.GetSection(Section).GetChildren().OrderBy(one => one.Key, StringComparer.Ordinal).Select(ReadOne)];
        if (all.IsEmpty)
        {
            all = [LocalSimulator];
        }

        string names = string.Join(", ", all.Select(one => one.Name));
        string first = settings["DefaultProvider"] ?? (all.Length == 1
            ? all[0].Name
            : throw Wrong("DefaultProvider", "is not set", $"Set it to one of: {names}"));
        return all.Any(one => one.Name == first)
            ? new ProviderSettings(first, all)
            : throw Wrong("DefaultProvider", $"is \"{first}\", which is no configured provider", $"Set it to one of: {names}");
    }

    private static ProviderOptions ReadOne(IConfigurationSection section)
    {
        Check(section, Known);
        if (!section.Key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw Wrong(section.Path, "is not a provider's name", "Use lower-case letters, digits and dashes");
        }

        var kind = Choice<ProviderKind>(section, "Kind") ?? throw Wrong($"{section.Path}:Kind", "is not set", "Set it to openai, azureOpenAI or simulator");
        IConfigurationSection deployment = section.GetSection("Deployment");
        string? key = section["Key"] is { Length: > 0 } text ? text : null;
        if (key is not null && key.StartsWith("@Microsoft.KeyVault", StringComparison.OrdinalIgnoreCase))
        {
            throw Wrong($"{section.Path}:Key", "is a Key Vault reference that was not resolved",
                "References are resolved by the Functions app: give its identity the role Key Vault Secrets User; on a machine set the key itself");
        }

        if (key is null && kind == ProviderKind.OpenAI)
        {
            throw Wrong($"{section.Path}:Key", "is not set", "Set the API key, or a Key Vault reference to it");
        }

        Uri address = Address(section, kind);
        if (key is null && kind == ProviderKind.AzureOpenAI && address.Scheme != "https")
        {
            throw Wrong($"{section.Path}:Key", "is not set", "An Entra identity is only sent over https; set a key for a service on this machine");
        }

        if (section["Credential"] is { } credential && !credential.Equals("managedidentity", StringComparison.OrdinalIgnoreCase))
        {
            throw Wrong($"{section.Path}:Credential", $"is \"{credential}\"", "Give managedidentity, or leave it out for your own sign-in");
        }

        return new ProviderOptions
        {
            Name = section.Key,
            Kind = kind,
            BaseAddress = address,
            Key = key,
            Credential = section["Credential"],
            ClientId = section["ClientId"],
            MaxJobs = Number(section, "MaxJobs", 1, 1000) ?? 3,
            Tier = Choice<TrainingTier>(section, "Tier"),
            PriceKey = section["PriceKey"] ?? Camel(kind),
            RequestsPerMinute = Number(section, "RequestsPerMinute", 1, 10_000_000),
            MaxConcurrency = Number(section, "MaxConcurrency", 1, 4096) ?? 64,
            RequestTimeout = TimeSpan.FromSeconds(Number(section, "RequestTimeoutSeconds", 1, 3600) ?? 100),
            UploadTimeout = TimeSpan.FromSeconds(Number(section, "UploadTimeoutSeconds", 1, 86_400) ?? 1800),
            PartsAbove = Number(section, "PartsAboveBytes", 1, 512 * 1024 * 1024) ?? 128 * 1024 * 1024,
            PartBytes = Number(section, "PartBytes", 1, 64 * 1024 * 1024) ?? 16 * 1024 * 1024,
            Deployment = deployment.Exists() ? ReadDeployment(deployment) : null,
        };
    }

    private static DeploymentOptions ReadDeployment(IConfigurationSection section)
    {
        Check(section, KnownOfDeployment);
        Uri plane = section["ControlPlane"] is null ? new Uri("https://management.azure.com/") : Address(section, ProviderKind.AzureOpenAI, "ControlPlane");
        if (section["Token"] is not null && !plane.IsLoopback)
        {
            throw Wrong($"{section.Path}:Token", "is for a control plane on this machine only", "Leave it out; Azure's is asked with the Entra identity");
        }

        return new DeploymentOptions
        {
            Subscription = Needed(section, "Subscription"),
            ResourceGroup = Needed(section, "ResourceGroup"),
            Account = Needed(section, "Account"),
            Sku = section["Sku"] ?? "standard",
            Capacity = Number(section, "Capacity", 1, 100_000) ?? 100,
            HourlyUsd = section["HourlyUsd"] is { } price
                ? double.TryParse(price, NumberStyles.Float, CultureInfo.InvariantCulture, out double usd) && usd >= 0
                    ? usd
                    : throw Wrong($"{section.Path}:HourlyUsd", $"is \"{price}\"", "Give USD an hour, 0 or more")
                : null,
            ControlPlane = plane,
            Token = section["Token"],
        };
    }

    private static Uri Address(IConfigurationSection section, ProviderKind kind, string name = "BaseAddress")
    {
        string? text = section[name] ?? kind switch
        {
            ProviderKind.OpenAI => "https://api.openai.com/v1/",
            ProviderKind.Simulator => LocalSimulator.BaseAddress.ToString(),
            _ => null,
        };
        if (text is null)
        {
            throw Wrong($"{section.Path}:{name}", "is not set", "Give the v1 endpoint, such as https://RESOURCE.openai.azure.com/openai/v1/");
        }

        if (!Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http"))
        {
            throw Wrong($"{section.Path}:{name}", $"is \"{text}\", which is no address", "Give one such as https://api.openai.com/v1/");
        }

        // Keys and texts travel to it.
        return address.Scheme == "https" || address.IsLoopback
            ? address
            : throw Wrong($"{section.Path}:{name}", $"is \"{text}\", which is not encrypted", "Use https; plain http is for this machine (127.0.0.1) only");
    }

    private static void Check(IConfigurationSection section, ImmutableSortedSet<string> known)
    {
        foreach (IConfigurationSection setting in section.GetChildren())
        {
            if (!known.Contains(setting.Key))
            {
                throw Wrong(setting.Path, "is no setting", $"There are: {string.Join(", ", known)}");
            }
        }
    }

    private static string Needed(IConfigurationSection section, string name) =>
        section[name] is { Length: > 0 } value ? value : throw Wrong($"{section.Path}:{name}", "is not set", "Set it, or leave the whole section out");

    private static int? Number(IConfigurationSection section, string name, int from, int to)
    {
        string? text = section[name];
        return text is null
            ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= from && number <= to
                ? number
                : throw Wrong($"{section.Path}:{name}", $"is \"{text}\"", $"Give a whole number from {from} to {to}");
    }

    private static T? Choice<T>(IConfigurationSection section, string name)
        where T : struct, Enum
    {
        string? text = section[name];
        return text is null
            ? null
            : !int.TryParse(text, out _) && Enum.TryParse(text, ignoreCase: true, out T value)
                ? value
                : throw Wrong($"{section.Path}:{name}", $"is \"{text}\"", $"Give one of: {string.Join(", ", Enum.GetValues<T>().Select(Camel))}");
    }

    private static string Camel<T>(T value)
        where T : struct, Enum =>
        value is ProviderKind.OpenAI ? "openai" : char.ToLowerInvariant(value.ToString()[0]) + value.ToString()[1..];

    private static FlowException Wrong(string path, string what, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, $"The setting {what}", remedy, Field: SettingNames.Written(path)));
}
