using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Http;

/// <summary>The one mapping from failures to HTTP: RFC 9457 problem details that name the field and the remedy.</summary>
public static class FailureProblem
{
    public const string MediaType = "application/problem+json";

    public static int StatusOf(FailureKind kind) => kind switch
    {
        FailureKind.InvalidInput => StatusCodes.Status400BadRequest,
        FailureKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        FailureKind.Forbidden => StatusCodes.Status403Forbidden,
        FailureKind.NotFound => StatusCodes.Status404NotFound,
        FailureKind.Conflict or FailureKind.DropChanged or FailureKind.ApprovalDenied or FailureKind.Cancelled => StatusCodes.Status409Conflict,
        FailureKind.ModelRetired => StatusCodes.Status410Gone,
        FailureKind.BudgetExceeded or FailureKind.QuotaExhausted => StatusCodes.Status402PaymentRequired,
        FailureKind.Throttled or FailureKind.TooManyJobs or FailureKind.DailyCapReached => StatusCodes.Status429TooManyRequests,
        FailureKind.Unavailable or FailureKind.Ambiguous => StatusCodes.Status503ServiceUnavailable,
        FailureKind.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        FailureKind.JobFailed => StatusCodes.Status502BadGateway,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static ProblemBody BodyOf(Failure failure, string? instance) => new(
        $"urn:finetuneflow:{JsonNamingPolicy.KebabCaseLower.ConvertName(failure.Kind.ToString())}",
        failure.Message,
        StatusOf(failure.Kind),
        instance,
        failure.Kind,
        failure.Field,
        failure.Location,
        failure.Remedy);

    /// <param name="failure">What is wrong.</param>
    /// <param name="request">Whose answer it is.</param>
    /// <param name="status">Null: the kind's.</param>
    public static IResult Of(Failure failure, HttpRequest request, int? status = null) => new Result(failure, request.Path, status ?? StatusOf(failure.Kind));

    private sealed class Result(Failure failure, string instance, int status) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            ProblemBody body = BodyOf(failure, instance) with { Status = status };
            HttpResponse response = httpContext.Response;
            response.StatusCode = body.Status;
            response.ContentType = MediaType;
            if (failure.RetryAfter is { } wait)
            {
                response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            await JsonSerializer.SerializeAsync(response.Body, body, FlowJson.Compact, httpContext.RequestAborted);
        }
    }
}
