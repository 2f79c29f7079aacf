using FineTuneFlow.Api.Dashboard;
using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Http;

/// <summary>The dashboard. The host tries routes in the order of the functions' names, so that the one that takes every path comes
/// last.</summary>
public sealed class PageHttpFunctions(ApiRunner api, PlatformSignIn signIn)
{
    /// <summary>The API for people who are signed in; keys are for programs, and no page holds one.</summary>
    [Function(nameof(UiApi))]
    public Task<IResult> UiApi(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "delete", Route = "ui/api/{*path}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        FunctionContext context) => signIn.Refusal(request) is { } refusal
            ? Task.FromResult(FailureProblem.Of(refusal, request))
            : api.RunForPageAsync(request, client, context);

    [Function(nameof(UiHome))]
    public Task<IResult> UiHome(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "{ignored:maxlength(0)?}")] HttpRequest request) => ViewAsync(request);

    [Function(nameof(UiSession))]
    public Task<IResult> UiSession([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "ui/session")] HttpRequest request) =>
        Task.FromResult(ApiAnswer.Json(signIn.SessionOf(request)));

    [Function(nameof(UiView))]
    public Task<IResult> UiView(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "ui/{*path}")] HttpRequest request) => ViewAsync(request);

    private static Task<IResult> ViewAsync(HttpRequest request) =>
        Task.FromResult<IResult>(DashboardFiles.Find(request.RouteValues["path"] as string ?? "") ?? Results.NotFound());
}
