using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Workflow.Spending;

/// <param name="JobId">Empty with a refusal.</param>
/// <param name="Refusal">The provider takes no job now: a cap or a limit that time lifts.</param>
/// <param name="ContinuedFrom">The tuned model that it goes on from; null: the base model.</param>
/// <param name="PaidBy">The earlier run whose job was adopted; null: it is this run's own.</param>
public sealed record SubmittedJob(string JobId, Failure? Refusal, string? ContinuedFrom = null, string? PaidBy = null);
