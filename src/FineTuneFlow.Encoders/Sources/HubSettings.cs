using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>Where and how models are fetched from a hub. The environment's names are Hugging Face's own.</summary>
public sealed record HubSettings
{
    /// <summary>The hub, or a mirror of it (<c>HF_ENDPOINT</c>).</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");
    /// <summary>For models that need a login (<c>HF_TOKEN</c>).</summary>
    public string? Token { get; init; }
    /// <summary>Only what was fetched before is used (<c>HF_HUB_OFFLINE</c>: 1 or true).</summary>
    public bool Offline { get; init; }
    /// <summary>Where fetched files are kept (<c>FTF_HUB_CACHE</c>; <c>~/.cache/finetuneflow/hub</c>).</summary>
    public required string Cache { get; init; }

    /// <exception cref="FlowException">InvalidInput: HF_ENDPOINT is not an address that a token may be sent to.</exception>
    public static HubSettings FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <param name="variable">Looks a variable up; null or empty: not set.</param>
    /// <exception cref="FlowException">InvalidInput, as of <see cref="FromEnvironment"/>.</exception>
    public static HubSettings From(Func<string, string?> variable)
    {
        string? Given(string name) => variable(name) is { Length: > 0 } value ? value : null;
        string cache = Given("FTF_HUB_CACHE") ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache", "finetuneflow", "hub");
        var settings = new HubSettings
        {
            Cache = cache,
            Token = Given("HF_TOKEN"),
            Offline = Given("HF_HUB_OFFLINE") is { } offline && (offline == "1" || offline.Equals("true", StringComparison.OrdinalIgnoreCase)),
        };
        if (Given("HF_ENDPOINT") is not { } address)
        {
            return settings;
        }

        // In clear text a token would be everybody's; on the machine itself nobody listens.
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? endpoint) && (endpoint.Scheme == "https" || (endpoint.Scheme == "http" && (endpoint.IsLoopback || settings.Token is null)))
            ? settings with { Endpoint = endpoint }
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput, $"\"{address}\" is not an https address", "Set the mirror's address, such as https://hub.example.com; http is allowed without a token", Field: "HF_ENDPOINT"));
    }
}
