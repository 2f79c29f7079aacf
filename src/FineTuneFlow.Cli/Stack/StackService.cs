namespace FineTuneFlow.Cli.Stack;

/// <param name="Name">storage, simulator or host.</param>
/// <param name="Address">Where it answers.</param>
/// <param name="What">For a person.</param>
internal sealed record StackService(string Name, Uri Address, string What);
