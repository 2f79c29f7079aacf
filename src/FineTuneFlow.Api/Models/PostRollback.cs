using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Serving;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>Goes back to an earlier champion.</summary>
public sealed class PostRollback(Champions champions, ServingKeeper keeper) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        RollbackRequest body = await request.JsonOrAsync(new RollbackRequest(), cancellation);
        ChampionVersion version = await champions.RollbackAsync(project, body.Version, body.By ?? "a person", body.Reason, cancellation);
        await keeper.WakeAsync(project, cancellation);
        return ApiAnswer.Json(version);
    }
}

/// <param name="Version">Null: the one before the current one.</param>
/// <param name="By">Who decides, for the record.</param>
/// <param name="Reason">Why, for the record.</param>
public sealed record RollbackRequest(int? Version = null, string? By = null, string? Reason = null);
