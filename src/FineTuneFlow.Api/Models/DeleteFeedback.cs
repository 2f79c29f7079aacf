using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Models;

/// <summary>Takes a feedback back: it trains nothing any more.</summary>
public sealed class DeleteFeedback(FeedbackStore feedback) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        await feedback.DeleteAsync(ProjectName.Check(request.Route("project")), request.Route("id"), cancellation);
        return Results.NoContent();
    }
}
