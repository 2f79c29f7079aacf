using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Costs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Costs;

/// <summary>The chapter's first figure for any volume and growth.</summary>
public sealed class GetCostProjection : IApiHandler
{
    public Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation) => Task.FromResult(ApiAnswer.Json(CostProjection.Project(
        CostProjection.ChapterOptions(),
        request.QueryNumber("volume") ?? 10_000,
        request.QueryNumber("growth") ?? 0.01,
        request.QueryInt("days", 1, 3650) ?? 365)));
}
