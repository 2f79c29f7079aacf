using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>A file of a run: run.json, dataset/rejects.csv, predictions/... The path is inside the run's folder.</summary>
public sealed class GetArtifact(RunReader runs, IBlobStore blobs) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        RunView run = await runs.GetAsync(request.Route("id"), cancellation);
        BlobPath path = RunPaths.Artifact(run.RunId, request.Route("path"));
        BlobRead read = await blobs.OpenAsync(path, cancellation)
            ?? throw new FlowException(new Failure(
                FailureKind.NotFound, $"{run.RunId} has no file {path.Name[(run.RunId.Length + 1)..]}", "List them with GET /api/runs/{id}/artifacts.", Field: "path"));
        return new BlobResult(read, MediaTypeOf(path.Name));
    }

    private static string MediaTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".json" => "application/json",
        ".jsonl" => "application/jsonl",
        ".gz" => "application/gzip",
        ".csv" => "text/csv",
        ".md" => "text/markdown",
        ".html" => "text/html",
        ".svg" => "image/svg+xml",
        ".txt" or ".log" => "text/plain",
        _ => "application/octet-stream",
    };
}
