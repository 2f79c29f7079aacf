using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>Takes a correction: a text with the label that it should have had. It joins the next retrain.</summary>
public sealed class PostFeedback(FeedbackStore feedback) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        FeedbackRequest body = await request.JsonAsync<FeedbackRequest>(cancellation);
        await feedback.AddAsync(project, new Feedback(body.Text, body.Label), cancellation);
        return Results.NoContent();
    }
}

/// <param name="Text">As it was put to the model.</param>
/// <param name="Label">The right one.</param>
public sealed record FeedbackRequest(string Text, string Label);
