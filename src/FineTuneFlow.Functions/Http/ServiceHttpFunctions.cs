using FineTuneFlow.Api.Agents;
using FineTuneFlow.Api.Costs;
using FineTuneFlow.Api.Datasets;
using FineTuneFlow.Api.Service;
using FineTuneFlow.Api.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Http;

/// <summary>The service itself: checks, costs, health, description, webhooks, tools for agents.</summary>
public sealed class ServiceHttpFunctions(ApiRunner api)
{
    [Function(nameof(PostDatasetCheck))]
    public Task<IResult> PostDatasetCheck(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/datasets/check")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostDatasetCheck>(request, client, context);

    [Function(nameof(GetCostProjection))]
    public Task<IResult> GetCostProjection(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/costs/projection")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetCostProjection>(request, client, context);

    [Function(nameof(PostOpenAIWebhook))]
    public Task<IResult> PostOpenAIWebhook(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/openai")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostOpenAIWebhook>(request, client, context);

    [Function(nameof(PostMcp))]
    public Task<IResult> PostMcp(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/mcp")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostMcp>(request, client, context);

    [Function(nameof(GetHealth))]
    public Task<IResult> GetHealth(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/health")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetHealth>(request, client, context);

    [Function(nameof(GetOpenApi))]
    public Task<IResult> GetOpenApi(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/openapi.json")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetOpenApi>(request, client, context);

    [Function(nameof(GetProviders))]
    public Task<IResult> GetProviders(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/providers")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetProviders>(request, client, context);
}
