namespace FineTuneFlow.Workflow.Retraining;

/// <summary><c>models/{project}/tried.json</c>: what the last retrain had to learn from. Rows that did not lead to a better model stay new
/// to the champion, and must not be paid for again every night.</summary>
/// <param name="Version">The champion that it was tried against; for another one the rows count anew.</param>
/// <param name="NewRows">Rows that were new to that champion.</param>
/// <param name="At">When it was started; null in records of earlier versions.</param>
internal sealed record TriedRows(int Version, int NewRows, DateTimeOffset? At = null);
