using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api.Runs;

/// <param name="Runs">Newest first.</param>
/// <param name="Continuation">To be given as <c>continuation</c> for the next page; null on the last.</param>
/// <param name="Refused">Drops that lie in the container and have started no run; on the first page of a list that no outcome or
/// time narrows.</param>
public sealed record RunList(IReadOnlyList<RunView> Runs, string? Continuation, IReadOnlyList<RefusedDrop> Refused);
