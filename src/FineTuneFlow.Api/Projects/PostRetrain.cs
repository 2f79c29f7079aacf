using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Projects;

/// <summary>Retrains a project as a night would: where there is a reason, and else says why not.</summary>
public sealed class PostRetrain(NightlyRetrain retrain) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        RetrainRequest body = await request.JsonOrAsync(new RetrainRequest(), cancellation);
        if (body.DryRun)
        {
            return ApiAnswer.Json(new RetrainAnswer(await retrain.LookAsync(project, cancellation), null));
        }

        (NightLook look, StartedRun? run) = await retrain.RetrainAsync(project, body.Force, "http", cancellation);
        return ApiAnswer.Json(new RetrainAnswer(look, run));
    }
}

/// <param name="DryRun">Only say what a night would do.</param>
/// <param name="Force">Also without a reason.</param>
public sealed record RetrainRequest(bool DryRun = false, bool Force = false);

/// <param name="Look">What speaks for it and against it.</param>
/// <param name="Run">The run that was begun or found; null: none.</param>
public sealed record RetrainAnswer(NightLook Look, StartedRun? Run);
