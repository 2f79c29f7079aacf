using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>Labels of the holdout to look at again.</summary>
/// <param name="Judges">The candidates that agree against them.</param>
/// <param name="Total">All such rows.</param>
/// <param name="Rows">The most certain of them.</param>
public sealed record SuspectReport(ImmutableArray<string> Judges, int Total, ImmutableArray<LabelSuspect> Rows);
