using FineTuneFlow.Api.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Http;

/// <summary>Runs: start, look, steer.</summary>
public sealed class RunHttpFunctions(ApiRunner api)
{
    [Function(nameof(PostRun))]
    public Task<IResult> PostRun(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/runs")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostRun>(request, client, context);

    [Function(nameof(GetRuns))]
    public Task<IResult> GetRuns(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetRuns>(request, client, context);

    [Function(nameof(GetRun))]
    public Task<IResult> GetRun(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetRun>(request, client, context);

    [Function(nameof(DeleteRun))]
    public Task<IResult> DeleteRun(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/runs/{id}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<DeleteRun>(request, client, context);

    [Function(nameof(GetRunHistory))]
    public Task<IResult> GetRunHistory(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/history")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetRunHistory>(request, client, context);

    [Function(nameof(PostApproval))]
    public Task<IResult> PostApproval(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/runs/{id}/approval")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostApproval>(request, client, context);

    [Function(nameof(PostCancel))]
    public Task<IResult> PostCancel(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/runs/{id}/cancel")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostCancel>(request, client, context);

    [Function(nameof(PostSuspend))]
    public Task<IResult> PostSuspend(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/runs/{id}/suspend")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostSuspend>(request, client, context);

    [Function(nameof(PostResume))]
    public Task<IResult> PostResume(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/runs/{id}/resume")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostResume>(request, client, context);

    [Function(nameof(PostRerun))]
    public Task<IResult> PostRerun(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/runs/{id}/rerun")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<PostRerun>(request, client, context);

    [Function(nameof(DeleteRefused))]
    public Task<IResult> DeleteRefused(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/refused")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<DeleteRefused>(request, client, context);

    [Function(nameof(GetReport))]
    public Task<IResult> GetReport(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/report")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetReport>(request, client, context);

    [Function(nameof(GetArtifacts))]
    public Task<IResult> GetArtifacts(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/artifacts")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetArtifacts>(request, client, context);

    [Function(nameof(GetArtifact))]
    public Task<IResult> GetArtifact(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/artifacts/{*path:minlength(1)}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetArtifact>(request, client, context);

    [Function(nameof(GetArchive))]
    public Task<IResult> GetArchive(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/archive")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetArchive>(request, client, context);

    [Function(nameof(GetRunMarks))]
    public Task<IResult> GetRunMarks(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/runs/{id}/marks")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => api.RunAsync<GetRunMarks>(request, client, context);
}
