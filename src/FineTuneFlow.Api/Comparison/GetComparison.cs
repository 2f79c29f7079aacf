using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Comparison;

/// <summary>The candidates of a run against one of them. Every figure is the report's own.</summary>
public sealed class GetComparison(RunReports reports) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        RunReport report = await reports.ReadAsync(request.Route("id"), cancellation);
        CandidateReport[] judged = [.. report.Candidates.Where(candidate => candidate.Metrics is not null)];
        string first = judged.FirstOrDefault(candidate => candidate.IsChampion)?.Name ?? judged.FirstOrDefault()?.Name
            ?? throw ApiRequest.Invalid($"{report.RunId} has judged no candidate", "Its report says why each of them failed.", null);
        CandidateReport against = RunReports.Judged(report, request.Query("against") ?? first, "against");
        Score[] scores = Columns(report, ScoreOf(request.Query("score")) ?? report.Verdict.Score, judged);
        CandidateReport? candidate = request.Query("candidate") is { } name ? RunReports.Judged(report, name, "candidate") : null;
        return ApiAnswer.Versioned(request, new ComparisonView(
            report.RunId,
            report.Project,
            report.Verdict,
            report.Labels,
            report.Alpha,
            report.HoldoutRows,
            against.Name,
            [.. scores.Select(score => new ScoreColumn(score, score.Title(), score.Meaning(), score.LowerIsBetter(), score.IsShare()))],
            [.. report.Candidates.Select(one => Compared(report, one, against, scores))],
            Frontier.Of(
                judged.Where(one => one.Price() is not null && scores[0].Of(one.Metrics!) is not null)
                    .Select(one => (one.Name, one.Price()!.Value, scores[0].Of(one.Metrics!)!.Value)),
                scores[0].LowerIsBetter()),
            report.Costs.SpentUsd,
            report.Costs.QuotedUsd,
            candidate is null ? null : Pair(report, candidate, against)));
    }

    private static Score[] Columns(RunReport report, Score first, CandidateReport[] judged) =>
        [.. Enum.GetValues<Score>().OrderBy(score => score == first ? 0 : score == report.Verdict.Score ? 1 : 2)
            .Where(score => judged.Any(candidate => score.Of(candidate.Metrics!) is not null))];

    private static ComparedCandidate Compared(RunReport report, CandidateReport one, CandidateReport against, Score[] scores) => new(
        one.Name,
        one.Kind,
        one.IsChampion,
        one.Simulated,
        one.Provider,
        one.Model,
        one.ContinueFrom,
        one.RetiresOn,
        one.Metrics is null ? [] : [.. scores.Select(score => Cell(report, one, against, score))],
        one.Cost.TrainingUsd,
        one.Price(),
        one.Metrics?.Latency?.P50,
        one.Metrics?.Latency?.P95,
        one.Metrics?.ExpectedCalibrationError,
        one.Failure);

    private static ScoreCell Cell(RunReport report, CandidateReport one, CandidateReport against, Score score)
    {
        Interval? interval = one.Metrics!.Intervals.GetValueOrDefault(score.JsonName());
        PairedComparison? comparison = Between(report, one.Name, against.Name, score);
        return new ScoreCell(
            score.Of(one.Metrics), interval?.Low, interval?.High, comparison?.Read(report.Alpha), comparison?.Difference, comparison?.AdjustedPValue);
    }

    private static ComparedPair Pair(RunReport report, CandidateReport one, CandidateReport against)
    {
        PairedComparison? comparison = Between(report, one.Name, against.Name, Score.Accuracy);
        ImmutableArray<ImmutableArray<int>> mine = one.Metrics!.Confusion;
        ImmutableArray<ImmutableArray<int>> its = against.Metrics!.Confusion;
        return new ComparedPair(
            one.Name,
            comparison?.OnlyFirst,
            comparison?.OnlySecond,
            comparison?.RequiredRows,
            mine,
            its,
            [.. mine.Zip(its, (row, other) => row.Zip(other, (a, b) => a - b).ToImmutableArray())],
            [.. Settings(one).Zip(Settings(against), (a, b) => new SettingDifference(a.Name, a.Value, b.Value)).Where(setting => setting.Candidate != setting.Against),
                .. one.Hyperparameters.Keys.Union(against.Hyperparameters.Keys).Order(StringComparer.Ordinal)
                    .Select(name => new SettingDifference(name, one.Hyperparameters.GetValueOrDefault(name), against.Hyperparameters.GetValueOrDefault(name)))
                    .Where(setting => setting.Candidate != setting.Against)]);
    }

    private static (string Name, string? Value)[] Settings(CandidateReport one) =>
    [
        ("kind", JsonNamingPolicy.CamelCase.ConvertName(one.Kind.ToString())),
        ("provider", one.Provider),
        ("model", one.Model),
        ("continueFrom", one.ContinueFrom),
        ("systemPrompt", one.SystemPrompt),
    ];

    private static PairedComparison? Between(RunReport report, string one, string other, Score score) =>
        report.Comparisons.FirstOrDefault(pair => pair.Score == score && pair.First == one && pair.Second == other)
        ?? report.Comparisons.FirstOrDefault(pair => pair.Score == score && pair.First == other && pair.Second == one)?.Turned();

    private static Score? ScoreOf(string? text) => text switch
    {
        null => null,
        _ when char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out Score score) => score,
        _ => throw ApiRequest.Invalid(
            $"there is no score {text}", $"One of {string.Join(", ", Enum.GetValues<Score>().Select(score => score.JsonName()))}.", "score"),
    };
}
