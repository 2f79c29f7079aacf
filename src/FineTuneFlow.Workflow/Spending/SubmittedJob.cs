using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Workflow.Spending;

/// <param name="JobId">Empty with a refusal.</param>
/// <param name="Refusal">The provider takes no job now: a cap or a limit that time lifts.</param>
public sealed record SubmittedJob(string JobId, Failure? Refusal);
