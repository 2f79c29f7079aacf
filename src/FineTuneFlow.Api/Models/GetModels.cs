using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>A project's champion and its lineage.</summary>
public sealed class GetModels(ProjectLabels labels, Champions champions, ModelLives lives) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        await labels.RequireAsync(project, cancellation);
        ChampionRecord record = await champions.ReadAsync(project, cancellation);
        return ApiAnswer.Json(new ModelList(
            project,
            record.Current,
            record.Current is { } current ? lives.Of(current) : null,
            [.. record.Versions.IsDefault ? [] : record.Versions.Reverse()]));
    }
}

/// <param name="Champion">The model in use; null: none was promoted.</param>
/// <param name="End">The day on which the champion stops answering, where one is announced.</param>
/// <param name="Versions">All that were, newest first.</param>
public sealed record ModelList(string Project, ChampionVersion? Champion, ModelEnd? End, IReadOnlyList<ChampionVersion> Versions);
