using System.Collections.Immutable;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>What a run is started with.</summary>
/// <param name="RunId">Follows from project, drop and recipe.</param>
/// <param name="Project">Name of the project.</param>
/// <param name="Drop">The CSV, by content.</param>
/// <param name="Recipe">The recipe in force, defaults filled in, as kept with the run.</param>
/// <param name="DeadlineHours">From the recipe.</param>
/// <param name="Trigger">drop, http, timer, or one of <see cref="RunTriggers"/>.</param>
/// <param name="Repeats">The runs that it repeats and adopts from, the last one first; null: none.</param>
public sealed record RunInput(
    string RunId, string Project, BlobRef Drop, BlobRef Recipe, double DeadlineHours, string Trigger, ImmutableArray<string>? Repeats = null);

/// <summary>What a run ends with; the figures are in report.json.</summary>
public sealed record RunResult(RunOutcome Outcome, string? Verdict, BlobRef? Report, double SpentUsd, string? Headline = null, string? Promoted = null);

public enum RunOutcome
{
    Running,
    /// <summary>Every candidate was trained and judged.</summary>
    Succeeded,
    /// <summary>Some candidates failed, others were judged.</summary>
    PartlyFailed,
    Failed,
    Cancelled,
    /// <summary>The quote was not approved; nothing was spent.</summary>
    Rejected,
}
