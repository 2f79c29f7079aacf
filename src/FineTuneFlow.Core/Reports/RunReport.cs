using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary><c>report.json</c>: what a run has come to. The Markdown and HTML reports show this and nothing else. Schema:
/// <c>docs/report-schema.md</c>.</summary>
public sealed record RunReport
{
    /// <summary>Of the schema; rises where a reader of the version before would misread it.</summary>
    public int Version { get; init; } = 1;
    public required string RunId { get; init; }
    public required string Project { get; init; }
    /// <summary>When the run began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>When its report was made, UTC.</summary>
    public required DateTimeOffset EndedAt { get; init; }
    /// <summary>Which model to use, and why.</summary>
    public required Verdict Verdict { get; init; }
    /// <summary>The labels, from worst to best where they are ordered.</summary>
    public required LabelSet Labels { get; init; }
    /// <summary>Level of tests and intervals.</summary>
    public required double Alpha { get; init; }
    /// <summary>Rows that the candidates were judged on.</summary>
    public required int HoldoutRows { get; init; }
    /// <summary>True: those are a sample of the holdout, as the recipe asks.</summary>
    public bool Sampled { get; init; }
    /// <summary>The best by the verdict's score first, failed ones last.</summary>
    public required ImmutableArray<CandidateReport> Candidates { get; init; }
    /// <summary>Every pair of evaluated candidates by every score that both have, the better-placed candidate first.</summary>
    public required ImmutableArray<PairedComparison> Comparisons { get; init; }
    /// <summary>The champion's days, and how far the candidates agree with it; null: the project had no champion when the run began.</summary>
    public ChampionReport? Champion { get; init; }
    /// <summary>Rows on which the best candidate and the champion or runner-up differ; null with fewer than two candidates.</summary>
    public DisagreementReport? Disagreements { get; init; }
    /// <summary>Labels to look at again; null with fewer than two good candidates.</summary>
    public SuspectReport? Suspects { get; init; }
    /// <summary>What the run has cost, and what a service on its candidates would.</summary>
    public required CostReport Costs { get; init; }
    /// <summary>What to know before trusting the figures.</summary>
    public required ImmutableArray<Remark> Findings { get; init; }
    /// <summary>How the champion did in use before this run; null where the project has none.</summary>
    public ChampionHealthReport? ChampionHealth { get; init; }
    public required Provenance Provenance { get; init; }
    /// <summary><c>dataset/profile.json</c> as it stands.</summary>
    public JsonNode? Profile { get; init; }
}
