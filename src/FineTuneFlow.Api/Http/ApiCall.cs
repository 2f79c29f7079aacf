using FineTuneFlow.Core.Failures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Api.Http;

/// <summary>Runs a handler as both hosts do: whatever goes wrong becomes problem details.</summary>
public static class ApiCall
{
    private static readonly Dictionary<Type, ApiRoute> Routes = ApiRoutes.All.ToDictionary(route => route.Handler);

    public static async Task<IResult> RunAsync(IApiHandler handler, HttpRequest request, ILogger logger, CancellationToken cancellation)
    {
        try
        {
            if (Routes.TryGetValue(handler.GetType(), out ApiRoute? route) && !route.Anonymous)
            {
                request.RequireKnownQuery(route);
            }

            return await handler.HandleAsync(request, cancellation);
        }
        catch (FlowException exception)
        {
            return FailureProblem.Of(exception.Failure, request);
        }
        catch (BadHttpRequestException exception)
        {
            return FailureProblem.Of(new Failure(FailureKind.InvalidInput, exception.Message, "Send the request again, whole."), request);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (Exception exception)
        {
            // The text of an unknown exception may hold data: it goes into the log with its trace, not to the caller.
            logger.LogError(exception, "{Handler} failed", handler.GetType().Name);
            return FailureProblem.Of(
                new Failure(FailureKind.Internal, $"unexpected {exception.GetType().Name} in {handler.GetType().Name}", "This is a defect; the host's log has the details."),
                request);
        }
    }
}
