using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>A project's champion and its lineage.</summary>
public sealed class GetModels(Champions champions) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        ChampionRecord record = await champions.ReadAsync(project, cancellation);
        return ApiAnswer.Json(new ModelList(project, record.Current, [.. record.Versions.IsDefault ? [] : record.Versions.Reverse()]));
    }
}

/// <param name="Project">The project.</param>
/// <param name="Champion">The model in use; null: none was promoted.</param>
/// <param name="Versions">All that were, newest first.</param>
public sealed record ModelList(string Project, ChampionVersion? Champion, IReadOnlyList<ChampionVersion> Versions);
