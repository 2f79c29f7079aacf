using System.Collections.Immutable;

namespace FineTuneFlow.Providers.Profiles;

/// <summary>How a service's fine-tunes are deployed through Azure's control plane.</summary>
public sealed record DeploymentProfile
{
    /// <summary>The SKU where settings name none.</summary>
    public required string Sku { get; init; }

    /// <summary>The maker's format by the beginning of the model's name, letter case aside. Azure answers a wrong one with HTTP 500.</summary>
    public ImmutableSortedDictionary<string, string> Formats { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The only SKU for models under one of <see cref="Formats"/>; null: as for all.</summary>
    public string? MakersSku { get; init; }

    /// <summary>The format of models that none of <see cref="Formats"/> begins.</summary>
    public string Format { get; init; } = "OpenAI";

    /// <summary>Deployments are asked at <c>openai/deployments/NAME</c> with this version; null: at the v1 address.</summary>
    public string? ClassicVersion { get; init; }

    /// <summary>How long to wait after a deletion before the next creation.</summary>
    public TimeSpan PauseAfterRemoval { get; init; }

    /// <summary>The SKU of a model's deployment where settings name none.</summary>
    public string SkuOf(string model) => FormatOf(model) == Format ? Sku : MakersSku ?? Sku;

    public string FormatOf(string model)
    {
        foreach ((string beginning, string format) in Formats)
        {
            if (model.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        return Format;
    }
}
