using FineTuneFlow.Api;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Local.Settings;

namespace FineTuneFlow.Local.Http;

/// <summary>Maps the API's table of routes.</summary>
public static class FlowApiMapping
{
    public static void MapFlowApi(this WebApplication app, LocalHostOptions options)
    {
        ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("FineTuneFlow.Api");
        app.UseStatusCodePages(async context =>
        {
            HttpRequest request = context.HttpContext.Request;
            int status = context.HttpContext.Response.StatusCode;
            Failure failure = status == StatusCodes.Status405MethodNotAllowed
                ? new Failure(FailureKind.InvalidInput, $"{request.Path} does not take {request.Method}", "GET /api/openapi.json lists what does.")
                : new Failure(FailureKind.NotFound, $"there is nothing at {request.Path}", "GET /api/openapi.json lists the routes.");
            if (status is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed)
            {
                await FailureProblem.Of(failure, request, status).ExecuteAsync(context.HttpContext);
            }
        });
        app.UseRouting();
        app.Use(next => new CallerGuard(next, options).InvokeAsync);
        foreach (ApiRoute route in ApiRoutes.All)
        {
            app.MapMethods($"/{ApiRoutes.Prefix}/{route.Pattern}", route.Methods, async (HttpContext context) =>
            {
                var handler = (IApiHandler)context.RequestServices.GetRequiredService(route.Handler);
                return await ApiCall.RunAsync(handler, context.Request, logger, context.RequestAborted);
            }).WithName(route.Name).WithMetadata(route);
        }
    }
}
