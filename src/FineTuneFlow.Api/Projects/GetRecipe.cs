using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Projects;

/// <summary>A project's recipe as it was put, with an ETag to change it by.</summary>
public sealed class GetRecipe(IBlobStore blobs) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        await using BlobRead read = await blobs.OpenAsync(RunPaths.ProjectRecipe(project), cancellation)
            ?? throw new FlowException(new Failure(
                FailureKind.NotFound, $"{project} has no recipe of its own", $"Put one to /api/projects/{project}/recipe; until then the default is used.", Field: "project"));
        using var bytes = new MemoryStream();
        await read.Content.CopyToAsync(bytes, cancellation);
        request.HttpContext.Response.Headers.ETag = read.ETag;
        return Results.Bytes(bytes.ToArray(), "application/json");
    }
}
