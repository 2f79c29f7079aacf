namespace FineTuneFlow.Workflow.Ports;

/// <summary>The configured providers by name.</summary>
public interface IProviders
{
    /// <summary>Name used where a recipe names none.</summary>
    string Default { get; }

    IReadOnlyList<ProviderFacts> All { get; }

    /// <exception cref="Core.Failures.FlowException">InvalidInput: no such provider; the message names those there are.</exception>
    IFineTuningProvider Get(string name);
}
