using System.Collections.Immutable;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Review;

/// <summary>The decisions about labels of rows that judge.</summary>
public sealed class GetHoldout(HoldoutDecisions decisions) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        return ApiAnswer.Versioned(request, new HoldoutList(project, await decisions.ListAsync(project, cancellation)));
    }
}

/// <param name="Decisions">Oldest first.</param>
public sealed record HoldoutList(string Project, ImmutableArray<HoldoutDecision> Decisions);
