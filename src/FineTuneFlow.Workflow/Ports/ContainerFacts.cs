namespace FineTuneFlow.Workflow.Ports;

/// <summary>What a start may take at whoever runs containers.</summary>
/// <param name="RequestTimeout">How long the sender of a start waits for its answer.</param>
/// <param name="Arrival">How long after its sender has given up, or died, a start may take to be found.</param>
/// <param name="Machine">The machine's name in the price book.</param>
public sealed record ContainerFacts(TimeSpan RequestTimeout, TimeSpan Arrival, string Machine);
