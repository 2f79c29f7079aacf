namespace FineTuneFlow.Workflow.Models;

/// <summary>Which judged candidate is to become champion, and why.</summary>
/// <param name="RunId">A run of the project that has judged it.</param>
/// <param name="Candidate">Its name there.</param>
/// <param name="By">rule, or who asked.</param>
/// <param name="Reason">For the record; null: none was given.</param>
/// <param name="OnlyOver">The version that it was judged against (0: none); with another in use by now nothing is promoted.</param>
public sealed record PromotionOrder(string RunId, string Candidate, string By, string? Reason = null, int? OnlyOver = null);
