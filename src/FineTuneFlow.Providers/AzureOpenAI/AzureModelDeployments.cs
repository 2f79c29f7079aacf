using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.AzureOpenAI;

/// <summary>Deployments of fine-tunes through Azure's control plane (Microsoft.CognitiveServices, version 2024-10-01). A
/// deployment that stands as Succeeded may still refuse questions for a while (DeploymentNotReady): those are Unavailable and
/// asked again.</summary>
public sealed class AzureModelDeployments : IModelDeployments, IDisposable
{
    private const string Version = "api-version=2024-10-01";

    private readonly ImmutableSortedDictionary<string, ProviderOptions> _providers;
    private readonly PriceBook _prices;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _removals = new(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, ControlPlane> _planes;

    /// <param name="settings">Providers with their <see cref="ProviderOptions.Deployment"/>.</param>
    /// <param name="prices">Where settings give no hourly price.</param>
    /// <param name="time">For Retry-After dates.</param>
    public AzureModelDeployments(ProviderSettings settings, PriceBook prices, TimeProvider time)
    {
        _providers = settings.All.ToImmutableSortedDictionary(one => one.Name, one => one, StringComparer.Ordinal);
        _prices = prices;
        _time = time;
        _planes = settings.All.Where(one => one.Deployment is not null)
            .ToImmutableSortedDictionary(one => one.Name, one => new ControlPlane(one, time), StringComparer.Ordinal);
    }

    public async Task<ModelDeployment> EnsureAsync(string provider, string deployment, string tunedModel, CancellationToken cancellation = default)
    {
        (ControlPlane plane, DeploymentOptions options) = Plane(provider);
        string route = Route(options, deployment);
        JsonElement? there = await plane.FindAsync(ServiceCall.GetDeployment, route, cancellation);
        string? model = there?.Member("properties")?.Member("model")?.Text("name");
        if (model is not null && model != tunedModel)
        {
            throw new FlowException(FailureKind.Conflict,
                $"The deployment {deployment} at {provider} serves another model", "Remove it in the portal, or name the run's project otherwise");
        }

        // Putting the same again would be harmless, but its answer would hide how far the first has come.
        if (there is null)
        {
            WaitAfterRemoval(provider);
        }

        return Read(provider, deployment, there ?? await plane.SendAsync(ServiceCall.CreateDeployment, "PUT", route, Body(provider, tunedModel), cancellation));
    }

    public async Task<ModelDeployment?> GetAsync(string provider, string deployment, CancellationToken cancellation = default)
    {
        (ControlPlane plane, DeploymentOptions options) = Plane(provider);
        return await plane.FindAsync(ServiceCall.GetDeployment, Route(options, deployment), cancellation) is { } there
            ? Read(provider, deployment, there)
            : null;
    }

    public async Task<bool> RemoveAsync(string provider, string deployment, CancellationToken cancellation = default)
    {
        (ControlPlane plane, DeploymentOptions options) = Plane(provider);
        bool removed = await plane.RemoveAsync(ServiceCall.RemoveDeployment, Route(options, deployment), cancellation);
        if (removed)
        {
            _removals[provider] = _time.GetUtcNow();
        }

        return removed;
    }

    public void Dispose()
    {
        foreach (ControlPlane plane in _planes.Values)
        {
            plane.Dispose();
        }
    }

    /// <summary>A creation that follows a deletion too closely fails at some services.</summary>
    private void WaitAfterRemoval(string provider)
    {
        TimeSpan left = _removals.TryGetValue(provider, out DateTimeOffset removed)
            ? removed + ProfileOf(provider).PauseAfterRemoval - _time.GetUtcNow()
            : TimeSpan.Zero;
        if (left > TimeSpan.Zero)
        {
            throw new FlowException(new Failure(
                FailureKind.Unavailable, $"{provider} has just deleted a deployment and takes no other one yet", "It is tried again by itself", RetryAfter: left));
        }
    }

    private (ControlPlane Plane, DeploymentOptions Options) Plane(string provider) =>
        _planes.TryGetValue(provider, out ControlPlane? plane)
            ? (plane, _providers[provider].Deployment!)
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"The provider {provider} has no settings for deployments, without which its fine-tunes cannot be asked",
                "Set Subscription, ResourceGroup and Account",
                Field: $"Providers__{provider}__Deployment"));

    private static string Route(DeploymentOptions options, string deployment)
    {
        if (deployment.Length is < 2 or > ModelDeployment.LongestName || !deployment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new FlowException(FailureKind.InvalidInput,
                $"\"{deployment}\" cannot name a deployment", $"Azure takes 2 to {ModelDeployment.LongestName} letters, digits, dashes, dots and underscores");
        }

        return $"subscriptions/{Uri.EscapeDataString(options.Subscription)}/resourceGroups/{Uri.EscapeDataString(options.ResourceGroup)}"
            + $"/providers/Microsoft.CognitiveServices/accounts/{Uri.EscapeDataString(options.Account)}/deployments/{deployment}?{Version}";
    }

    private byte[] Body(string provider, string tunedModel)
    {
        DeploymentOptions options = _providers[provider].Deployment!;
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            sku = new { name = options.Sku ?? ProfileOf(provider).SkuOf(tunedModel), capacity = options.Capacity },
            properties = new { model = new { format = ProfileOf(provider).FormatOf(tunedModel), name = tunedModel, version = "1" } },
        });
    }

    private DeploymentProfile ProfileOf(string provider) => _providers[provider].Profile.Deployment ?? new DeploymentProfile { Sku = "standard" };

    private ModelDeployment Read(string provider, string name, JsonElement deployment)
    {
        ProviderOptions options = _providers[provider];
        JsonElement properties = deployment.Member("properties")
            ?? throw new FlowException(FailureKind.Unavailable, $"{provider}'s control plane gave an answer that cannot be read (a deployment without properties)");
        DeploymentState state = properties.Text("provisioningState")?.ToLowerInvariant() switch
        {
            "succeeded" => DeploymentState.Ready,
            "failed" or "canceled" or "disabled" => DeploymentState.Failed,
            "deleting" => DeploymentState.Deleting,
            _ => DeploymentState.Creating,
        };
        // The SKU that stands may be another than the setting is by now.
        string sku = deployment.Member("sku")?.Text("name") ?? options.Deployment!.Sku ?? ProfileOf(provider).Sku;
        double hourly = options.Deployment!.HourlyUsd ?? _prices.HostingPerHour(options.PriceKey, TierOf(sku));
        return new ModelDeployment(name, state, hourly, deployment.Member("systemData")?.Time("createdAt"));
    }

    /// <summary>The tier whose hourly price a deployment of this SKU has.</summary>
    internal static TrainingTier TierOf(string sku) => sku.ToLowerInvariant() switch
    {
        "globalstandard" => TrainingTier.GlobalStandard,
        "datazonestandard" => TrainingTier.DataZone,
        "developertier" => TrainingTier.Developer,
        _ => TrainingTier.Standard,
    };
}
