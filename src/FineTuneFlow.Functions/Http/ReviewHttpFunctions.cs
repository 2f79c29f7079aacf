using FineTuneFlow.Api.Review;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Http;

/// <summary>A run's rows and what people have said of their labels.</summary>
public sealed class ReviewHttpFunctions(ApiRunner api)
{
    [Function(nameof(GetDataset))]
    public Task<IResult> GetDataset(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/dataset")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetDataset>(request, client, context);

    [Function(nameof(GetCorrections))]
    public Task<IResult> GetCorrections(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/corrections")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetCorrections>(request, client, context);

    [Function(nameof(PostCorrection))]
    public Task<IResult> PostCorrection(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/runs/{id}/corrections")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostCorrection>(request, client, context);

    [Function(nameof(DeleteCorrection))]
    public Task<IResult> DeleteCorrection(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/runs/{id}/corrections/{row}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<DeleteCorrection>(request, client, context);

    [Function(nameof(GetReview))]
    public Task<IResult> GetReview(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/review")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetReview>(request, client, context);

    [Function(nameof(GetHoldout))]
    public Task<IResult> GetHoldout(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/projects/{project}/holdout")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetHoldout>(request, client, context);

    [Function(nameof(PostHoldout))]
    public Task<IResult> PostHoldout(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/projects/{project}/holdout")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostHoldout>(request, client, context);

    [Function(nameof(DeleteHoldout))]
    public Task<IResult> DeleteHoldout(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/projects/{project}/holdout/{decision}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<DeleteHoldout>(request, client, context);
}
