using System.Collections.Immutable;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>Whether there is a reason to retrain a project.</summary>
/// <param name="Project">Which.</param>
/// <param name="Reasons">What speaks for it; none: it is not retrained.</param>
/// <param name="WhyNot">Why it is not; null: it is.</param>
/// <param name="NewRows">Texts that no version in the champion's line has been trained on or judged by.</param>
/// <param name="Rows">All that would be trained and judged on.</param>
/// <param name="Notes">What would be left out, and what else a person should know.</param>
/// <param name="Health">How the champion does.</param>
public sealed record NightLook(
    string Project, ImmutableArray<string> Reasons, string? WhyNot, int NewRows, long Rows, ImmutableArray<string> Notes, HealthView Health);

/// <summary><c>models/{project}/night.json</c>: what became of a project's last night.</summary>
/// <param name="Look">What spoke for and against it.</param>
/// <param name="RunId">The run that it began or found; null: none.</param>
/// <param name="Failure">Why the look itself failed; null: it did not.</param>
/// <param name="Idle">Nights without a run in a row, this one included.</param>
public sealed record NightRecord(DateTimeOffset At, NightLook? Look, string? RunId, string? Failure, int Idle);
