using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers;

/// <summary>One provider's settings: section <c>Providers__{name}</c>.</summary>
public sealed record ProviderOptions
{
    /// <summary>As recipes name it: lower-case letters, digits and dashes.</summary>
    public required string Name { get; init; }

    public required ProviderKind Kind { get; init; }

    /// <summary>What the service calls things and which of them it has.</summary>
    public ServiceProfile Profile { get => field ??= BuiltInProfiles.Of(Kind, BaseAddress); init; }

    /// <summary>Ends with a slash; routes such as <c>fine_tuning/jobs</c> are relative to it.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>API key; null: an Entra identity (Azure), or none at all (simulator).</summary>
    public string? Key { get; init; }

    /// <summary><c>managedidentity</c>, or null for the developer's sign-in; used where there is no <see cref="Key"/>.</summary>
    public string? Credential { get; init; }

    /// <summary>Client id of a user-assigned identity.</summary>
    public string? ClientId { get; init; }

    /// <summary>Jobs the service runs at once for us.</summary>
    public int MaxJobs { get; init; } = 3;

    /// <summary>Azure: the training tier where a recipe names none.</summary>
    public TrainingTier? Tier { get; init; }

    /// <summary>Section of the price book.</summary>
    public required string PriceKey { get; init; }

    /// <summary>Requests a minute that a model of this provider takes; null: found out from its answers.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>Questions in flight at once, at most.</summary>
    public int MaxConcurrency { get; init; } = 64;

    /// <summary>How long an answer may take; uploads have <see cref="UploadTimeout"/>.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(100);

    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Files above this many bytes go up in parts.</summary>
    public long PartsAbove { get; init; } = 128L * 1024 * 1024;

    /// <summary>Bytes of a part; the services take up to 64 MB.</summary>
    public int PartBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Azure: where fine-tunes are deployed; null: they cannot be.</summary>
    public DeploymentOptions? Deployment { get; init; }

    public ProviderFacts Facts => new(
        Name,
        Kind,
        NeedsDeployment: Profile.Deployment is not null,
        NeedsFileProcessing: Profile.ProcessesFiles,
        MaxJobs,
        PriceKey)
    {
        RequestTimeout = RequestTimeout,
        Profile = Profile.Name,
        Page = Profile.Page,
        CanDeploy = Deployment is not null,
        HostingUsdPerHour = Deployment?.HourlyUsd,
        HostingTier = (Deployment?.Sku ?? Profile.Deployment?.Sku) is { } sku ? AzureModelDeployments.TierOf(sku) : null,
        Trains = Profile.Trains,
        KeepsMetadata = Profile.KeepsMetadata,
        ServedCheckpoints = Profile.ServedCheckpoints,
        SuffixLength = Profile.SuffixLength,
        Tiers = [.. Profile.Tiers.Keys],
        MaxConcurrency = MaxConcurrency,
        RequestsPerMinute = RequestsPerMinute,
    };
}

/// <summary>Azure's control plane: section <c>Providers__{name}__Deployment</c>.</summary>
public sealed record DeploymentOptions
{
    public required string Subscription { get; init; }

    public required string ResourceGroup { get; init; }

    /// <summary>Name of the Azure OpenAI (Foundry) resource.</summary>
    public required string Account { get; init; }

    /// <summary>standard, globalstandard, datazonestandard or developertier; null: the profile's.</summary>
    public string? Sku { get; init; }

    /// <summary>About requests a minute; 1 is far too few for an evaluation.</summary>
    public int Capacity { get; init; } = 100;

    /// <summary>Hosting price; null: the price book's.</summary>
    public double? HourlyUsd { get; init; }

    public Uri ControlPlane { get; init; } = new("https://management.azure.com/");

    /// <summary>Bearer token for a fake control plane; null: the Entra identity.</summary>
    public string? Token { get; init; }
}
