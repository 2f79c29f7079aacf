using System.Text;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Starts a run: JSON that names a drop, or a form that brings the CSV. Asked twice, the second time finds the first's
/// run and answers 200 instead of 202.</summary>
public sealed class PostRun(RunStarter starter, DropUpload upload, SuspectsIntake suspects) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        StartedRun run = request.HasFormContentType
            ? await upload.ReceiveAsync(request, cancellation)
            : await ByNameAsync(await request.JsonAsync<StartRunRequest>(cancellation), cancellation);
        return run.Created ? ApiAnswer.Accepted(request, $"/api/runs/{run.RunId}", run) : ApiAnswer.Json(run);
    }

    private async Task<StartedRun> ByNameAsync(StartRunRequest body, CancellationToken cancellation)
    {
        string project = ProjectName.Check(body.Project);
        BlobPath drop = BlobPath.Parse(body.Drop);
        if (drop.Container != RunPaths.Drops || !drop.Name.StartsWith($"{project}/", StringComparison.Ordinal))
        {
            throw ApiRequest.Invalid($"\"{body.Drop}\" is not a drop of {project}", $"Name a blob under drops/{project}/.", "drop");
        }

        byte[]? recipe = body.Recipe is null ? null : Encoding.UTF8.GetBytes(body.Recipe.ToJsonString(FlowJson.Indented));
        return await suspects.TryTakeAsync(project, drop, cancellation) ?? await starter.StartAsync(project, drop, recipe, "http", cancellation);
    }
}
