using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FineTuneFlow.Api.Runs;

/// <summary>A run's report as JSON, Markdown or HTML, as the Accept header (or <c>?format=</c>) asks.</summary>
public sealed class GetReport(RunReader runs, IBlobStore blobs) : IApiHandler
{
    private static readonly (string MediaType, string Extension)[] Forms =
        [("application/json", "json"), ("text/markdown", "md"), ("text/html", "html")];

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string extension = request.Query("format") is { } format ? Named(format) : Accepted(request);
        RunView run = await runs.GetAsync(request.Route("id"), cancellation);
        BlobRead? read = await blobs.OpenAsync(RunPaths.Report(run.RunId, extension), cancellation);
        if (read is null)
        {
            throw new FlowException(
                FailureKind.NotFound,
                run.EndedAt is not null ? $"{run.RunId} ended without a report: {run.Failure?.Message ?? run.Stage}" : $"{run.RunId} has no report yet: it is {run.Stage}",
                run.EndedAt is not null ? "Fix what its failure names, then rerun it." : "Wait for its end with ftf watch.");
        }

        request.HttpContext.Response.Headers.Vary = "Accept";
        return new BlobResult(read, Forms.First(form => form.Extension == extension).MediaType);
    }

    private static string Named(string format) => format switch
    {
        "json" or "md" or "html" => format,
        "markdown" => "md",
        _ => throw ApiRequest.Invalid($"there is no report format \"{format}\"", "One of json, md and html.", "format"),
    };

    private static string Accepted(HttpRequest request)
    {
        IList<MediaTypeHeaderValue> wanted = request.GetTypedHeaders().Accept;
        if (wanted.Count == 0)
        {
            return "json";
        }

        foreach (MediaTypeHeaderValue one in wanted.Where(w => w.Quality is null or > 0).OrderByDescending(w => w.Quality ?? 1))
        {
            foreach ((string mediaType, string extension) in Forms)
            {
                if (new MediaTypeHeaderValue(mediaType).IsSubsetOf(one))
                {
                    return extension;
                }
            }
        }

        throw ApiRequest.Invalid("the report is given as application/json, text/markdown and text/html", "Accept one of them.", "Accept");
    }
}
