using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Review;

/// <summary>The prepared rows of a run, a page at a time; the file is read as far as the page reaches.</summary>
public sealed class GetDataset(RunReader runs, IBlobStore blobs) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string runId = (await runs.GetAsync(request.Route("id"), cancellation)).RunId;
        Split split = request.QueryEnum("split", Split.Train);
        int top = request.QueryInt("top", 1, 500) ?? 100;
        int from = request.QueryInt("continuation", 0, int.MaxValue) ?? 0;
        (string? label, string? search) = (request.Query("label"), request.Query("search"));
        BlobPath path = RunPaths.Rows(runId, split);
        await using BlobRead file = await blobs.OpenAsync(path, cancellation)
            ?? throw new FlowException(FailureKind.NotFound, $"{runId} has no rows yet", "They are there once the data is prepared.");
        var rows = ImmutableArray.CreateBuilder<DatasetRow>();
        int place = 0;
        bool isMore = false;
        foreach (DatasetRow row in DatasetFiles.ReadRows(file.Content, path.Name))
        {
            if (place++ < from)
            {
                continue;
            }

            if (rows.Count == top)
            {
                isMore = true;
                place--;
                break;
            }

            if ((label is null || row.Label == label) && (search is null || row.Text.Contains(search, StringComparison.OrdinalIgnoreCase)))
            {
                rows.Add(row);
            }

            cancellation.ThrowIfCancellationRequested();
        }

        return ApiAnswer.Versioned(request, new DatasetPage(
            runId, split, rows.ToImmutable(), isMore ? place.ToString(CultureInfo.InvariantCulture) : null));
    }
}

/// <param name="Split">Which rows.</param>
/// <param name="Rows">A page of them.</param>
/// <param name="Continuation">For the next page; null on the last.</param>
public sealed record DatasetPage(string RunId, Split Split, ImmutableArray<DatasetRow> Rows, string? Continuation);
