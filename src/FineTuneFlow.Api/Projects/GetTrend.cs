using System.Collections.Immutable;
using FineTuneFlow.Api.Comparison;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Projects;

/// <summary>A project's champions over time. Each was measured on its own run's holdout, so they are set beside each other on the rows
/// that judged all of them, by the labels of the newest run.</summary>
public sealed class GetTrend(Champions champions, RunReports reports, JudgedRuns judgedRuns) : IApiHandler
{
    private const int MostVersions = 12;

    /// <summary>With fewer rows in common an older version is left out: its point would say nothing, and cost the others theirs.</summary>
    private const int FewestRows = 30;

    private const double Alpha = 0.05;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        ChampionRecord record = await champions.ReadAsync(project, cancellation);
        ChampionVersion[] versions =
        [
            .. (record.Versions.IsDefault ? [] : record.Versions.Reverse()).DistinctBy(one => (one.RunId, one.Candidate)).Take(MostVersions),
        ];
        var exams = new List<Exam>();
        foreach (ChampionVersion version in versions)
        {
            if (await ReadAsync(version, cancellation) is { } exam)
            {
                exams.Add(exam);
            }
        }

        Dictionary<string, string> common = exams.Count == 0 ? [] : exams[0].Labels();
        int compared = exams.Count == 0 ? 0 : 1;
        foreach (Exam exam in exams.Skip(1))
        {
            Dictionary<string, string> shared = common.Where(row => exam.Places.ContainsKey(row.Key)).ToDictionary(StringComparer.Ordinal);
            if (shared.Count < FewestRows)
            {
                break;
            }

            common = shared;
            compared++;
        }

        return ApiAnswer.Versioned(request, new TrendView(
            project,
            compared > 1 ? common.Count : 0,
            [.. exams.Select((exam, i) => exam.Point(compared > 1 && i < compared ? common : null, Alpha)).Reverse()]));
    }

    /// <summary>Null: the run's files are gone, and its version's accuracy is all that is left.</summary>
    private async Task<Exam?> ReadAsync(ChampionVersion version, CancellationToken cancellation)
    {
        try
        {
            RunReport report = await reports.ReadAsync(version.RunId, cancellation);
            JudgedRun run = await judgedRuns.ReadOnceAsync(report, cancellation);
            return new Exam(version, run, run.Answers(version.Candidate));
        }
        catch (FlowException gone) when (gone.Failure.Kind is FailureKind.NotFound or FailureKind.Conflict)
        {
            return null;
        }
    }

    private sealed class Exam(ChampionVersion version, JudgedRun run, AnswerFacts answers)
    {
        public Dictionary<string, int> Places { get; } = run.Ids.Select((id, place) => (id, place)).ToDictionary(one => one.id, one => one.place, StringComparer.Ordinal);

        public Dictionary<string, string> Labels() => Places.Where(one => run.Truth[one.Value] >= 0)
            .ToDictionary(one => one.Key, one => run.Report.Labels.Names[run.Truth[one.Value]], StringComparer.Ordinal);

        public TrendPoint Point(Dictionary<string, string>? common, double alpha)
        {
            int right = common?.Count(row => answers.Label(Places[row.Key]) is >= 0 and var label && run.Report.Labels.Names[label] == row.Value) ?? 0;
            Interval? interval = common is null ? null : ShareInterval.Of(right, common.Count, alpha);
            return new TrendPoint(
                version.Version, version.RunId, version.Candidate, version.PromotedAt, version.Accuracy, run.Ids.Count,
                common is null ? null : (double)right / common.Count, interval?.Low, interval?.High);
        }
    }
}

/// <param name="CommonRows">Rows that judged all versions that have a figure on them; 0: there are too few.</param>
/// <param name="Versions">Oldest first; one that was rolled back to stands once.</param>
public sealed record TrendView(string Project, int CommonRows, ImmutableArray<TrendPoint> Versions);

/// <param name="Version">The champion's version.</param>
/// <param name="RunId">By which it was judged.</param>
/// <param name="Candidate">Its name there.</param>
/// <param name="PromotedAt">When.</param>
/// <param name="Accuracy">On its own run's judged rows.</param>
/// <param name="Rows">How many those were.</param>
/// <param name="CommonAccuracy">On the common rows; null: it shares too few with the newest.</param>
/// <param name="Low">Lower end of the interval at 95 %.</param>
/// <param name="High">Upper end of it.</param>
public sealed record TrendPoint(
    int Version, string RunId, string Candidate, DateTimeOffset PromotedAt, double Accuracy, int Rows, double? CommonAccuracy, double? Low, double? High);
