namespace FineTuneFlow.Mutation.Running;

/// <param name="Members">Those that it enters.</param>
/// <param name="Milliseconds">Processor time of a run alone, with what its class needs.</param>
internal sealed record TestCase(string Id, string Class, string Name, double Milliseconds, IReadOnlySet<int> Members);
