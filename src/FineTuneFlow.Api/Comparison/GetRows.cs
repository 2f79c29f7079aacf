using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Reports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Comparison;

/// <summary>The judged rows of a run, a page at a time, filtered by what two candidates made of them.</summary>
public sealed class GetRows(RunReports reports, JudgedRuns judgedRuns) : IApiHandler
{
    /// <summary>Rows whose texts one request searches; a rare word is found page by page.</summary>
    private const int SearchedAtOnce = 20_000;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        RunReport report = await reports.ReadAsync(request.Route("id"), cancellation);
        string first = RunReports.Judged(report, request.Query("first") ?? report.Candidates.FirstOrDefault(one => one.Metrics is not null)?.Name, "first").Name;
        string? second = request.Query("second") is { } name ? RunReports.Judged(report, name, "second").Name : null;
        JudgedRun run = await judgedRuns.LoadAsync(report, cancellation);
        var selection = new RowSelection(run, run.Answers(first), second is null ? null : run.Answers(second));
        int[] places = selection.Select(
            request.QueryEnum("show", RowFilter.All),
            LabelOf(report, request, "label"),
            LabelOf(report, request, "answer"),
            request.QueryEnum("order", RowOrder.Row));
        int top = request.QueryInt("top", 1, 500) ?? 100;
        int from = request.QueryInt("continuation", 0, int.MaxValue) ?? 0;
        (ImmutableArray<RowView> rows, int next) = await PageAsync(selection, run, places, from, top, request.Query("search"), cancellation);
        return ApiAnswer.Versioned(request, new RowList(
            report.RunId, first, second, rows, places.Length, next < places.Length ? next.ToString(CultureInfo.InvariantCulture) : null, selection.Count()));
    }

    private static async Task<(ImmutableArray<RowView> Rows, int Next)> PageAsync(
        RowSelection selection, JudgedRun run, int[] places, int from, int top, string? search, CancellationToken cancellation)
    {
        var rows = ImmutableArray.CreateBuilder<RowView>();
        int at = Math.Min(from, places.Length);
        int end = Math.Min(places.Length, at + (search is null ? top : SearchedAtOnce));
        while (at < end && rows.Count < top)
        {
            int[] part = places[at..Math.Min(end, at + (search is null ? top : run.Plan.ChunkRows))];
            IReadOnlyList<DatasetRow> texts = await run.TextsAsync(part, cancellation);
            for (int i = 0; i < part.Length && rows.Count < top; i++, at++)
            {
                if (search is null || texts[i].Text.Contains(search, StringComparison.OrdinalIgnoreCase))
                {
                    rows.Add(selection.View(part[i], texts[i]));
                }
            }
        }

        return (rows.ToImmutable(), at);
    }

    private static int? LabelOf(RunReport report, HttpRequest request, string field) => request.Query(field) is not { } label
        ? null
        : report.Labels.IndexOf(label) is >= 0 and var index
            ? index
            : throw ApiRequest.Invalid($"{report.RunId} has no label {label}", "Its report names the labels.", field);
}
