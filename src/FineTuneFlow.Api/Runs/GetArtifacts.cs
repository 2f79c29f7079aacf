using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>The files of a run's folder.</summary>
public sealed class GetArtifacts(RunReader runs, IBlobStore blobs) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        RunView run = await runs.GetAsync(request.Route("id"), cancellation);
        var files = new List<Artifact>();
        await foreach (BlobEntry entry in blobs.ListAsync(RunPaths.Runs, run.RunId + "/", cancellation))
        {
            files.Add(new Artifact(entry.Path.Name[(run.RunId.Length + 1)..], entry.Bytes, entry.ModifiedAt));
        }

        return ApiAnswer.Json(new ArtifactList(run.RunId, files));
    }
}

/// <param name="Files">In ordinal order of path.</param>
public sealed record ArtifactList(string RunId, IReadOnlyList<Artifact> Files);

/// <param name="Path">Inside the run's folder.</param>
/// <param name="Bytes">Length.</param>
/// <param name="ModifiedAt">Last written.</param>
public sealed record Artifact(string Path, long Bytes, DateTimeOffset ModifiedAt);
