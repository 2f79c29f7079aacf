using FineTuneFlow.Api.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Http;

/// <summary>The champions in OpenAI's wire format.</summary>
public sealed class WireHttpFunctions(ApiRunner api)
{
    [Function(nameof(GetWireModels))]
    public Task<IResult> GetWireModels(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/v1/models")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetWireModels>(request, client, context);

    [Function(nameof(PostChatCompletion))]
    public Task<IResult> PostChatCompletion(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/v1/chat/completions")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostChatCompletion>(request, client, context);

    [Function(nameof(PostCompletion))]
    public Task<IResult> PostCompletion(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/v1/completions")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostCompletion>(request, client, context);
}
