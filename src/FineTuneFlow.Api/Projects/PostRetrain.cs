using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Rescue;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Projects;

/// <summary>Retrains a project as a night would: where there is a reason, and else says why not. As a rescue it trains what is named, for a
/// champion whose model dies.</summary>
public sealed class PostRetrain(NightlyRetrain retrain) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        RetrainRequest body = await request.JsonOrAsync(new RetrainRequest(), cancellation);
        if (body.Recipe is not null && !body.Rescue)
        {
            throw ApiRequest.Invalid("a retrain goes by the project's own recipe", "Set rescue to train what another recipe names", "recipe");
        }

        RescueOrder? order = body.Rescue
            ? new RescueOrder(body.Recipe is null ? null : RecipeReader.Read("recipe", Encoding.UTF8.GetBytes(body.Recipe.ToJsonString(FlowJson.Indented))))
            : null;
        if (body.DryRun)
        {
            return ApiAnswer.Json(new RetrainAnswer(await retrain.LookAsync(project, order, cancellation), null));
        }

        if (order is not null)
        {
            (NightLook rows, StartedRun rescue) = await retrain.RescueAsync(project, order, cancellation);
            return ApiAnswer.Json(new RetrainAnswer(rows, rescue));
        }

        (NightLook look, StartedRun? run) = await retrain.RetrainAsync(project, body.Force, "http", cancellation);
        return ApiAnswer.Json(new RetrainAnswer(look, run));
    }
}

/// <param name="DryRun">Only say what a night would do.</param>
/// <param name="Force">Also without a reason.</param>
/// <param name="Rescue">Train successors of the champion on the kept rows, without a reason: what <paramref name="Recipe"/> names, or what can be trained today.</param>
/// <param name="Recipe">Of a rescue: candidates, baselines, budget and rules.</param>
public sealed record RetrainRequest(bool DryRun = false, bool Force = false, bool Rescue = false, JsonObject? Recipe = null);

/// <param name="Look">What speaks for it and against it.</param>
/// <param name="Run">The run that was begun or found; null: none.</param>
public sealed record RetrainAnswer(NightLook Look, StartedRun? Run);
