using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>Where the two candidates that the verdict is about differ.</summary>
/// <param name="First">The best candidate.</param>
/// <param name="Second">The champion or the runner-up.</param>
/// <param name="Total">All rows on which they differ.</param>
/// <param name="Rows">The most confident of them.</param>
public sealed record DisagreementReport(string First, string Second, int Total, ImmutableArray<Disagreement> Rows);
