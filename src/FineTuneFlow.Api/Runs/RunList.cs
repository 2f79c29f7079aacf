using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api.Runs;

/// <param name="Runs">Newest first.</param>
/// <param name="Continuation">To be given as <c>continuation</c> for the next page; null on the last.</param>
public sealed record RunList(IReadOnlyList<RunView> Runs, string? Continuation);
