using System.Globalization;
using FineTuneFlow.Simulator.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FineTuneFlow.Simulator.Faults;

/// <summary>Plays the faults of the plan on the requests of the service.</summary>
internal sealed class FaultMiddleware(FaultInjector faults, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        foreach (FaultRule rule in faults.For(http.Request.Method, http.Request.Path.Value ?? ""))
        {
            switch (rule.Action)
            {
                case FaultAction.Slow:
                    await Task.Delay(TimeSpan.FromMilliseconds(rule.Milliseconds), clock, http.RequestAborted);
                    break;
                case FaultAction.Base64Content:
                    http.Features.Set(AnswerShape.Of(http) with { Base64Content = true });
                    break;
                case FaultAction.AzureShapes:
                    http.Features.Set(AnswerShape.Of(http) with { Azure = true });
                    break;
                case FaultAction.ShuffleEvents:
                    http.Features.Set(AnswerShape.Of(http) with { ShuffledEvents = true });
                    break;
                case FaultAction.LostAnswer:
                    await LoseAnswer(http, next);
                    return;
                case FaultAction.WebPage:
                    http.Response.ContentType = "text/html; charset=utf-8";
                    await http.Response.WriteAsync("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to go on.</body></html>", http.RequestAborted);
                    return;
                case FaultAction.ResetUpload:
                    await ResetUpload(http, rule.AfterBytes);
                    return;
                default:
                    if (rule.RetryAfter is { } seconds)
                    {
                        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                    }

                    throw Refusal(rule.Action);
            }
        }

        await next(http);
    }

    private static async Task LoseAnswer(HttpContext http, RequestDelegate next)
    {
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        try
        {
            await next(http);
        }
        catch (ApiException)
        {
            // A refusal is lost just as well.
        }

        http.Abort();
    }

    private static async Task ResetUpload(HttpContext http, int bytes)
    {
        byte[] buffer = new byte[4096];
        int total = 0;
        int read;
        while (total < bytes && (read = await http.Request.Body.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes - total)))) > 0)
        {
            total += read;
        }

        http.Abort();
    }

    private static ApiException Refusal(FaultAction action) => action switch
    {
        FaultAction.RateLimit => new ApiException(
            429, "Rate limit reached for requests. Please try again later.", "rate_limit_exceeded", type: "requests"),
        FaultAction.DailyCap => new ApiException(
            429,
            "This fine-tune request has been rate-limited. Your organization has reached its daily limit of fine-tuning jobs.",
            "daily_rate_limit_exceeded"),
        FaultAction.TooManyJobs => new ApiException(
            429,
            "This fine-tune request has been rate-limited. Your organization has reached the maximum of 3 active requests.",
            "active_job_limit_exceeded"),
        FaultAction.InsufficientQuota => new ApiException(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota",
            type: "insufficient_quota"),
        FaultAction.Unauthorized => new ApiException(401, "Incorrect API key provided.", "invalid_api_key"),
        FaultAction.Forbidden => new ApiException(
            403,
            "Your organization is not allowed to create fine-tuning jobs any longer.",
            "fine_tuning_not_permitted",
            type: "permission_error"),
        FaultAction.NotFound => new ApiException(404, "The model does not exist or you do not have access to it.", "model_not_found", "model"),
        FaultAction.BatchOnly => new ApiException(400, "This model is only available in batch mode.", param: "model"),
        FaultAction.NotShown => new ApiException(404, "No such object. It may not be visible yet.", param: "id"),
        FaultAction.ServerError => new ApiException(500, "The server had an error while processing your request."),
        FaultAction.Unavailable => new ApiException(
            503, "The engine is currently overloaded, please try again later.", type: "service_unavailable"),
        _ => new ApiException(500, $"The fault {action} does not go with a request."),
    };
}
