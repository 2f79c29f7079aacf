using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.Profiles;
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
        "Kind", "Profile", "BaseAddress", "Key", "Credential", "ClientId", "MaxJobs", "Tier", "PriceKey", "RequestsPerMinute", "MaxConcurrency",
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
            : throw SettingReader.Wrong("DefaultProvider", "is not set", $"Set it to one of: {names}"));
        return all.Any(one => one.Name == first)
            ? new ProviderSettings(first, all)
            : throw SettingReader.Wrong("DefaultProvider", $"is \"{first}\", which is not a configured provider", $"Set it to one of: {names}");
    }

    private static ProviderOptions ReadOne(IConfigurationSection section)
    {
        SettingReader.Check(section, Known);
        if (!section.Key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw SettingReader.Wrong(section.Path, "is not a provider's name", "Use lower-case letters, digits and dashes");
        }

        (ProviderKind kind, ServiceProfile? named) = KindOf(section);
        IConfigurationSection deployment = section.GetSection("Deployment");
        string? key = section["Key"] is { Length: > 0 } text ? text : null;
        if (key is not null && key.StartsWith("@Microsoft.KeyVault", StringComparison.OrdinalIgnoreCase))
        {
            throw SettingReader.Wrong($"{section.Path}:Key", "is a Key Vault reference that was not resolved",
                "References are resolved by the Functions app: give its identity the role Key Vault Secrets User; on a machine set the key itself");
        }

        if (key is null && kind == ProviderKind.OpenAI)
        {
            throw SettingReader.Wrong($"{section.Path}:Key", "is not set", "Set the API key, or a Key Vault reference to it");
        }

        Uri address = Address(section, kind, named);
        ServiceProfile profile = named ?? ProfileReader.Read(BuiltInProfiles.Of(kind, address).Name, section.GetSection("Profile"));
        if (key is null && kind == ProviderKind.AzureOpenAI && address.Scheme != "https")
        {
            throw SettingReader.Wrong($"{section.Path}:Key", "is not set", "An Entra identity is only sent over https; set a key for a service on this machine");
        }

        if (section["Credential"] is { } credential && !credential.Equals("managedidentity", StringComparison.OrdinalIgnoreCase))
        {
            throw SettingReader.Wrong($"{section.Path}:Credential", $"is \"{credential}\"", "Give managedidentity, or leave it out for your own sign-in");
        }

        return new ProviderOptions
        {
            Name = section.Key,
            Kind = kind,
            Profile = profile,
            BaseAddress = address,
            Key = key,
            Credential = section["Credential"],
            ClientId = section["ClientId"],
            MaxJobs = SettingReader.Number(section, "MaxJobs", 1, 1000) ?? 3,
            Tier = SettingReader.Choice<TrainingTier>(section, "Tier"),
            PriceKey = section["PriceKey"] ?? (kind == ProviderKind.Simulator ? "simulator" : profile.PriceKey),
            RequestsPerMinute = SettingReader.Number(section, "RequestsPerMinute", 1, 10_000_000),
            MaxConcurrency = SettingReader.Number(section, "MaxConcurrency", 1, 4096) ?? 64,
            RequestTimeout = TimeSpan.FromSeconds(SettingReader.Number(section, "RequestTimeoutSeconds", 1, 3600) ?? 100),
            UploadTimeout = TimeSpan.FromSeconds(SettingReader.Number(section, "UploadTimeoutSeconds", 1, 86_400) ?? 1800),
            PartsAbove = SettingReader.Number(section, "PartsAboveBytes", 1, 512 * 1024 * 1024) ?? 128 * 1024 * 1024,
            PartBytes = SettingReader.Number(section, "PartBytes", 1, 64 * 1024 * 1024) ?? 16 * 1024 * 1024,
            Deployment = deployment.Exists() ? ReadDeployment(deployment) : null,
        };
    }

    private static DeploymentOptions ReadDeployment(IConfigurationSection section)
    {
        SettingReader.Check(section, KnownOfDeployment);
        Uri plane = section["ControlPlane"] is null ? new Uri("https://management.azure.com/") : Address(section, ProviderKind.AzureOpenAI, null, "ControlPlane");
        if (section["Token"] is not null && !plane.IsLoopback)
        {
            throw SettingReader.Wrong($"{section.Path}:Token", "is for a control plane on this machine only", "Leave it out; Azure's is asked with the Entra identity");
        }

        return new DeploymentOptions
        {
            Subscription = SettingReader.Needed(section, "Subscription"),
            ResourceGroup = SettingReader.Needed(section, "ResourceGroup"),
            Account = SettingReader.Needed(section, "Account"),
            Sku = section["Sku"],
            Capacity = SettingReader.Number(section, "Capacity", 1, 100_000) ?? 100,
            HourlyUsd = section["HourlyUsd"] is { } price
                ? double.TryParse(price, NumberStyles.Float, CultureInfo.InvariantCulture, out double usd) && usd >= 0
                    ? usd
                    : throw SettingReader.Wrong($"{section.Path}:HourlyUsd", $"is \"{price}\"", "Give USD an hour, 0 or more")
                : null,
            ControlPlane = plane,
            Token = section["Token"],
        };
    }

    /// <summary>What a provider is and which profile its settings name; either may follow from the other.</summary>
    private static (ProviderKind Kind, ServiceProfile? Profile) KindOf(IConfigurationSection section)
    {
        ProviderKind? kind = SettingReader.Choice<ProviderKind>(section, "Kind");
        if (section["Profile"] is not { Length: > 0 } name)
        {
            return (kind ?? throw SettingReader.Wrong($"{section.Path}:Kind", "is not set",
                $"Set it to openai, azureOpenAI or simulator, or set Profile to one of: {string.Join(", ", BuiltInProfiles.Names)}"), null);
        }

        ServiceProfile profile = ProfileReader.Read(name, section.GetSection("Profile"));
        // The simulator stands in for every service.
        return kind is null or ProviderKind.Simulator || kind == profile.Kind
            ? (kind ?? profile.Kind, profile)
            : throw SettingReader.Wrong($"{section.Path}:Kind", $"is {SettingReader.Camel(kind.Value)}, but the profile {name} is one of {SettingReader.Camel(profile.Kind)}",
                "Leave Kind out, or choose another profile");
    }

    private static Uri Address(IConfigurationSection section, ProviderKind kind, ServiceProfile? profile, string name = "BaseAddress")
    {
        string? text = section[name] ?? kind switch
        {
            // The simulator stands in for a service under a path of its own.
            ProviderKind.Simulator when profile is { Kind: not ProviderKind.Simulator } => new Uri(LocalSimulator.BaseAddress, $"/as/{profile.Name}/v1/").ToString(),
            ProviderKind.Simulator => LocalSimulator.BaseAddress.ToString(),
            ProviderKind.OpenAI when profile is null => "https://api.openai.com/v1/",
            _ => profile?.BaseAddress?.ToString(),
        };
        if (text is null)
        {
            throw SettingReader.Wrong($"{section.Path}:{name}", "is not set", "Give the v1 endpoint, such as https://RESOURCE.openai.azure.com/openai/v1/");
        }

        if (!Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http"))
        {
            throw SettingReader.Wrong($"{section.Path}:{name}", $"is \"{text}\", which is not an address", "Give one such as https://api.openai.com/v1/");
        }

        // Keys and texts travel to it.
        return address.Scheme == "https" || address.IsLoopback
            ? address
            : throw SettingReader.Wrong($"{section.Path}:{name}", $"is \"{text}\", which is not encrypted", "Use https; plain http is for this machine (127.0.0.1) only");
    }
}
