using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Api.Comparison;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Reports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Review;

/// <summary>The rows of a run whose labels deserve a second look, a page at a time.</summary>
public sealed class GetReview(RunReports reports, ReviewFinder finder) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        ReviewSource source = request.QueryEnum("source", ReviewSource.All);
        int top = request.QueryInt("top", 1, 200) ?? 50;
        int from = request.QueryInt("continuation", 0, int.MaxValue) ?? 0;
        RunReport report = await reports.ReadAsync(request.Route("id"), cancellation);
        ImmutableArray<ReviewRow> rows = await finder.ForAsync(report, source, cancellation);
        int next = from + top;
        return ApiAnswer.Versioned(request, new ReviewPage(
            report.RunId,
            report.Labels.Names,
            [.. rows.Skip(from).Take(top)],
            rows.Length,
            rows.Sum(row => row.Alike.Length),
            next < rows.Length ? next.ToString(CultureInfo.InvariantCulture) : null));
    }
}
