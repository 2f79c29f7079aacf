using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Serving;

/// <summary>Under which name a version is asked at its provider.</summary>
public sealed class ServingDeployments(IBlobStore store, ServingKeeper keeper)
{
    /// <summary>The model itself where it answers by itself, else the deployment that stands for it.</summary>
    /// <exception cref="FlowException">Unavailable: it is still being deployed.</exception>
    public async Task<string> ModelToAskAsync(string project, ChampionVersion version, ProviderFacts provider, CancellationToken cancellation)
    {
        if (!NeedsOne(version, provider))
        {
            return version.Model;
        }

        ServedDeployment? deployment = (await ReadAsync(project, cancellation)).Of(version.Version, version.Model);
        if (deployment?.Active is { } name)
        {
            return name;
        }

        await keeper.WakeAsync(project, cancellation);
        string why = deployment?.Failure is { } failure ? $"the last attempt failed: {failure}" : "that takes some minutes after a promotion";
        throw new FlowException(new Failure(
            FailureKind.Unavailable,
            $"Version {version.Version} of {project} is being deployed at {provider.Name}; {why}",
            "Ask again in a minute",
            RetryAfter: TimeSpan.FromMinutes(1)));
    }

    public async Task<ServingState> ReadAsync(string project, CancellationToken cancellation) =>
        (await store.FindJsonAsync<ServingState>(RunPaths.Serving(project), cancellation))?.Value ?? new ServingState([]);

    /// <summary>A fine-tune of a service where fine-tunes do not answer by themselves.</summary>
    public static bool NeedsOne(ChampionVersion version, ProviderFacts provider) => provider.NeedsDeployment && version.Model != version.BaseModel;
}
