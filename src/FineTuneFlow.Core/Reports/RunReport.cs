using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary><c>report.json</c>: what a run has come to. The Markdown and HTML reports show this and nothing else. Schema:
/// <c>docs/report-schema.md</c>.</summary>
public sealed record RunReport
{
    public int Version { get; init; } = 1;
    public required string RunId { get; init; }
    public required string Project { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset EndedAt { get; init; }
    public required Verdict Verdict { get; init; }
    public required LabelSet Labels { get; init; }
    /// <summary>Level of tests and intervals.</summary>
    public required double Alpha { get; init; }
    /// <summary>Rows that the candidates were judged on.</summary>
    public required int HoldoutRows { get; init; }
    /// <summary>True: those are a sample of the holdout, as the recipe asks.</summary>
    public bool Sampled { get; init; }
    /// <summary>The best by the verdict's score first, failed ones last.</summary>
    public required ImmutableArray<CandidateReport> Candidates { get; init; }
    public required ImmutableArray<PairedComparison> Comparisons { get; init; }
    public DisagreementReport? Disagreements { get; init; }
    public SuspectReport? Suspects { get; init; }
    public required CostReport Costs { get; init; }
    public required ImmutableArray<Finding> Findings { get; init; }
    public required Provenance Provenance { get; init; }
    /// <summary><c>dataset/profile.json</c> as it stands.</summary>
    public JsonNode? Profile { get; init; }
}
