using FineTuneFlow.Api.Comparison;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Http;

/// <summary>A run's candidates side by side, and its rows.</summary>
public sealed class ComparisonHttpFunctions(ApiRunner api)
{
    [Function(nameof(GetComparison))]
    public Task<IResult> GetComparison(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/compare")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetComparison>(request, client, context);

    [Function(nameof(GetRows))]
    public Task<IResult> GetRows(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/rows")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetRows>(request, client, context);

    [Function(nameof(GetCascade))]
    public Task<IResult> GetCascade(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/cascade")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetCascade>(request, client, context);
}
