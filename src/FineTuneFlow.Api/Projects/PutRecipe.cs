using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Projects;

/// <summary>Sets a project's recipe. It is checked first, and kept as it was written, comments included. With If-Match it is
/// only set if nobody has changed it since.</summary>
public sealed class PutRecipe(IBlobStore blobs, ServingKeeper keeper) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        byte[] json = await request.BytesAsync(ApiRequest.MaxJsonBytes, cancellation);
        Recipe recipe = RecipeReader.Read("recipe", json);
        WriteCondition condition = request.Headers.IfMatch.ToString() is { Length: > 0 } etag ? WriteCondition.Matches(etag) : default;
        using var stream = new MemoryStream(json);
        BlobWritten written = await blobs.WriteAsync(RunPaths.ProjectRecipe(project), stream, condition, cancellation);
        await keeper.WakeAsync(project, cancellation);
        request.HttpContext.Response.Headers.ETag = written.ETag;
        return ApiAnswer.Json(recipe);
    }
}
