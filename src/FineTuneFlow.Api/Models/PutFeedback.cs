using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>Amends the label of a feedback; what was said before is remembered.</summary>
public sealed class PutFeedback(FeedbackStore feedback, ProjectLabels labels) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        AmendRequest body = await request.JsonAsync<AmendRequest>(cancellation);
        return ApiAnswer.Json(await feedback.AmendAsync(
            project, await labels.OfAsync(project, cancellation), request.Route("id"), body.Label, body.By, cancellation));
    }
}

/// <param name="Label">The right one of the project's labels.</param>
/// <param name="By">Who says so, for the record.</param>
public sealed record AmendRequest(string Label, string? By = null);
