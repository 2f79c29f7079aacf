using FineTuneFlow.Api.Dashboard;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Functions.Durable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Functions.Http;

/// <summary>Runs the API's handlers, those that the local host runs, inside HTTP-triggered functions.</summary>
public sealed class ApiRunner(CurrentDurableClient durable, ILogger<ApiRunner> logger)
{
    public Task<IResult> RunAsync<THandler>(HttpRequest request, DurableTaskClient client, FunctionContext context)
        where THandler : IApiHandler => RunAsync(typeof(THandler), request, client, context);

    /// <summary>Runs the handler whose route fits the path below <c>/ui/api</c>.</summary>
    public Task<IResult> RunForPageAsync(HttpRequest request, DurableTaskClient client, FunctionContext context)
    {
        request.Path.StartsWithSegments("/ui/api", out PathString path);
        if (PageRoutes.Find(request.Method, path, out RouteValueDictionary values) is not { } route)
        {
            var failure = new Failure(FailureKind.NotFound, $"there is nothing at {request.Path}", "GET /api/openapi.json lists the routes.");
            return Task.FromResult(FailureProblem.Of(failure, request));
        }

        request.RouteValues = values;
        return RunAsync(route.Handler, request, client, context);
    }

    private Task<IResult> RunAsync(Type handler, HttpRequest request, DurableTaskClient client, FunctionContext context)
    {
        durable.Use(client);
        return ApiCall.RunAsync((IApiHandler)context.InstanceServices.GetRequiredService(handler), request, logger, request.HttpContext.RequestAborted);
    }
}
