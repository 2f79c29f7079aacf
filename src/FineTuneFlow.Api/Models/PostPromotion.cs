using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Serving;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>Promotes a judged candidate of a run, whatever the recipe's rule said.</summary>
public sealed class PostPromotion(Champions champions, ServingKeeper keeper) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        PromotionRequest body = await request.JsonAsync<PromotionRequest>(cancellation);
        ChampionVersion version = await champions.PromoteAsync(
            project, new PromotionOrder(body.RunId, body.Candidate, body.By ?? "a person", body.Reason), cancellation);
        await keeper.WakeAsync(project, cancellation);
        return ApiAnswer.Json(version);
    }
}

/// <param name="RunId">A run of the project.</param>
/// <param name="Candidate">One that was judged there.</param>
/// <param name="By">Who decides, for the record.</param>
/// <param name="Reason">Why, for the record.</param>
public sealed record PromotionRequest(string RunId, string Candidate, string? By = null, string? Reason = null);
