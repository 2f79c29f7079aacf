using FineTuneFlow.Api.Models;
using FineTuneFlow.Api.Projects;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Http;

/// <summary>Projects: recipes, models, predictions, feedback.</summary>
public sealed class ProjectHttpFunctions(ApiRunner api)
{
    [Function(nameof(GetProjects))]
    public Task<IResult> GetProjects(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/projects")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetProjects>(request, client, context);

    [Function(nameof(GetRecipe))]
    public Task<IResult> GetRecipe(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/projects/{project}/recipe")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetRecipe>(request, client, context);

    [Function(nameof(PutRecipe))]
    public Task<IResult> PutRecipe(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "api/projects/{project}/recipe")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PutRecipe>(request, client, context);

    [Function(nameof(GetModels))]
    public Task<IResult> GetModels(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/projects/{project}/models")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetModels>(request, client, context);

    [Function(nameof(PostPromotion))]
    public Task<IResult> PostPromotion(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/projects/{project}/models/promote")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostPromotion>(request, client, context);

    [Function(nameof(PostRollback))]
    public Task<IResult> PostRollback(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/projects/{project}/models/rollback")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostRollback>(request, client, context);

    [Function(nameof(PostPrediction))]
    public Task<IResult> PostPrediction(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/projects/{project}/predict")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostPrediction>(request, client, context);

    [Function(nameof(PostFeedback))]
    public Task<IResult> PostFeedback(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/projects/{project}/feedback")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostFeedback>(request, client, context);

    [Function(nameof(GetProject))]
    public Task<IResult> GetProject(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/projects/{project}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetProject>(request, client, context);

    [Function(nameof(GetFeedback))]
    public Task<IResult> GetFeedback(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/projects/{project}/feedback")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetFeedback>(request, client, context);

    [Function(nameof(PutFeedback))]
    public Task<IResult> PutFeedback(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "api/projects/{project}/feedback/{id}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PutFeedback>(request, client, context);

    [Function(nameof(DeleteFeedback))]
    public Task<IResult> DeleteFeedback(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/projects/{project}/feedback/{id}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<DeleteFeedback>(request, client, context);

    [Function(nameof(PostRetrain))]
    public Task<IResult> PostRetrain(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/projects/{project}/retrain")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostRetrain>(request, client, context);

    [Function(nameof(GetTrend))]
    public Task<IResult> GetTrend(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/projects/{project}/trend")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetTrend>(request, client, context);

    [Function(nameof(PostRecipeCheck))]
    public Task<IResult> PostRecipeCheck(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/recipes/check")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostRecipeCheck>(request, client, context);
}
