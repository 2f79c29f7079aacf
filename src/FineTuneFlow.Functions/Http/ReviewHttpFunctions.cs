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
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/runs/{id}/dataset")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetDataset>(request, client, context);

    [Function(nameof(GetCorrections))]
    public Task<IResult> GetCorrections(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/runs/{id}/corrections")] HttpRequest request,
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
}
