using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>How long a request whose sender died may take to show in the provider's lists.</summary>
internal static class ProviderGrace
{
    public static TimeSpan Of(ProviderFacts facts) => facts.Simulated ? TimeSpan.FromSeconds(2) : TimeSpan.FromSeconds(30);
}
