using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers;

/// <summary>The providers of the settings, each made once: its connections are shared by all runs.</summary>
public sealed class ConfiguredProviders : IProviders, IDisposable
{
    private readonly ImmutableSortedDictionary<string, OpenAIProvider> _providers;

    public ConfiguredProviders(ProviderSettings settings, TimeProvider time)
    {
        Default = settings.Default;
        _providers = settings.All.ToImmutableSortedDictionary(one => one.Name, one => new OpenAIProvider(one, time), StringComparer.Ordinal);
        All = [.. _providers.Values.Select(one => one.Facts)];
    }

    public string Default { get; }

    public IReadOnlyList<ProviderFacts> All { get; }

    public IFineTuningProvider Get(string name) =>
        _providers.GetValueOrDefault(name) ?? throw new FlowException(new Failure(
            FailureKind.InvalidInput,
            $"There is no provider \"{name}\"",
            $"Name one of: {string.Join(", ", _providers.Keys)}; or configure it by settings Providers__{name}__…",
            Field: "provider"));

    public void Dispose()
    {
        foreach (OpenAIProvider provider in _providers.Values)
        {
            provider.Dispose();
        }
    }
}
