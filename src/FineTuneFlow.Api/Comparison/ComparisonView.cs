using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Api.Comparison;

/// <summary>The candidates of a run side by side, each against one of them.</summary>
/// <param name="Project">Its project.</param>
/// <param name="Verdict">Which model to use, and why.</param>
/// <param name="Labels">In their order.</param>
/// <param name="Alpha">Level of tests and intervals.</param>
/// <param name="HoldoutRows">Rows that all were judged on.</param>
/// <param name="Against">The candidate that the others are compared with.</param>
/// <param name="Scores">The columns, the verdict's first.</param>
/// <param name="Candidates">In the report's order.</param>
/// <param name="Frontier">Those that none beats in price and the first score, the cheapest first.</param>
/// <param name="SpentUsd">By the run.</param>
/// <param name="QuotedUsd">Upper estimate before it.</param>
/// <param name="Pair">One candidate against <paramref name="Against"/> in detail, where it was asked for.</param>
public sealed record ComparisonView(
    string RunId,
    string Project,
    Verdict Verdict,
    LabelSet Labels,
    double Alpha,
    int HoldoutRows,
    string Against,
    ImmutableArray<ScoreColumn> Scores,
    ImmutableArray<ComparedCandidate> Candidates,
    ImmutableArray<string> Frontier,
    double SpentUsd,
    double? QuotedUsd,
    ComparedPair? Pair);

/// <param name="Score">Which.</param>
/// <param name="Title">For a person.</param>
/// <param name="Meaning">In a sentence.</param>
/// <param name="LowerIsBetter">Whether a smaller value is the better one.</param>
/// <param name="IsShare">A share of rows, shown in per cent.</param>
public sealed record ScoreColumn(Score Score, string Title, string Meaning, bool LowerIsBetter, bool IsShare);

/// <param name="Name">Of the candidate.</param>
/// <param name="IsChampion">The model in use.</param>
/// <param name="Simulated">Its scores say nothing about the real model of that name.</param>
/// <param name="Provider">Where it was trained and asked.</param>
/// <param name="Model">Its base.</param>
/// <param name="ContinueFrom">The candidate that it continues.</param>
/// <param name="RetiresOn">Last day of its base, if announced.</param>
/// <param name="Cells">By the columns of the comparison.</param>
/// <param name="TrainingUsd">What its training cost.</param>
/// <param name="UsdPerThousand">USD for 1,000 predictions.</param>
/// <param name="LatencyP50">Milliseconds.</param>
/// <param name="LatencyP95">Milliseconds.</param>
/// <param name="CalibrationError">Expected calibration error, 0 to 1.</param>
/// <param name="Failure">Why it was not judged.</param>
public sealed record ComparedCandidate(
    string Name,
    OutcomeKind Kind,
    bool IsChampion,
    bool Simulated,
    string? Provider,
    string Model,
    string? ContinueFrom,
    DateOnly? RetiresOn,
    ImmutableArray<ScoreCell> Cells,
    double TrainingUsd,
    double? UsdPerThousand,
    double? LatencyP50,
    double? LatencyP95,
    double? CalibrationError,
    Failure? Failure);

/// <param name="Value">Of the score; null where the candidate does not have it.</param>
/// <param name="Low">Lower end of its interval.</param>
/// <param name="High">Upper end of its interval.</param>
/// <param name="Judgement">Against the chosen candidate; null for that one itself.</param>
/// <param name="Difference">To the chosen candidate, in the score's unit.</param>
/// <param name="PValue">Of the paired test, corrected for the number of pairs.</param>
public sealed record ScoreCell(double? Value, double? Low, double? High, Judgement? Judgement, double? Difference, double? PValue);

/// <summary>Two candidates in detail.</summary>
/// <param name="Candidate">The first.</param>
/// <param name="OnlyCandidate">Rows that only the first has right.</param>
/// <param name="OnlyAgainst">Rows that only the other has right.</param>
/// <param name="RequiredRows">Holdout rows that their difference would need to be found.</param>
/// <param name="Confusion">The first's: rows by label (down) and answer (across, the last: none).</param>
/// <param name="AgainstConfusion">The other's.</param>
/// <param name="Difference">The first's less the other's.</param>
/// <param name="Settings">What differs between them.</param>
public sealed record ComparedPair(
    string Candidate,
    int? OnlyCandidate,
    int? OnlyAgainst,
    double? RequiredRows,
    ImmutableArray<ImmutableArray<int>> Confusion,
    ImmutableArray<ImmutableArray<int>> AgainstConfusion,
    ImmutableArray<ImmutableArray<int>> Difference,
    ImmutableArray<SettingDifference> Settings);

/// <param name="Name">Of the setting.</param>
/// <param name="Candidate">The first's.</param>
/// <param name="Against">The other's.</param>
public sealed record SettingDifference(string Name, string? Candidate, string? Against);
