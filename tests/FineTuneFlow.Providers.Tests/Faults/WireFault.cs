using FineTuneFlow.Providers.Tests.Wire;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Providers.Tests.Faults;

/// <summary>The faults of the table in docs/providers.md, as a server plays them.</summary>
internal static class WireFault
{
    public static readonly IReadOnlyDictionary<string, Func<HttpContext, Task>> All = new Dictionary<string, Func<HttpContext, Task>>
    {
        ["connection refused"] = _ => throw new InvalidOperationException("nobody connects"),
        ["answer lost"] = async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            http.Abort();
        },
        ["cut while sending"] = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        },
        ["no answer in time"] = async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            var gone = new TaskCompletionSource();
            http.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        },
        ["answer cut short"] = async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("{\"id\":\"x\",\"data\":[");
            await http.Response.Body.FlushAsync();
            http.Abort();
        },
        ["200 with a web page"] = http => WireServer.WriteAsync(http, 200, "<html>Welcome</html>"),
        ["200 with {}"] = http => WireServer.WriteAsync(http, 200, "{}"),
        ["302"] = http =>
        {
            http.Response.Headers.Location = "http://127.0.0.1:9/elsewhere";
            return WireServer.WriteAsync(http, 302, "");
        },
        ["400"] = Error(400, "invalid_value", "Invalid value"),
        ["400 not supporting fine-tuning"] = Error(400, "invalidPayload", "The specified base model does not support fine-tuning."),
        ["400 content_filter"] = Error(400, "content_filter", "The response was filtered"),
        ["400 DeploymentNotReady"] = Error(400, "DeploymentNotReady", "The deployment is not ready yet"),
        ["401"] = Error(401, "invalid_api_key", "Incorrect API key provided: sk-test-0123456789"),
        ["402"] = Error(402, "payment_required", "Payment required"),
        ["403"] = Error(403, "PermissionDenied", "The principal lacks the required data action"),
        ["403 of the wind-down"] = Error(403, "fine_tuning_not_permitted", "Your organization is not allowed to create fine-tuning jobs any longer."),
        ["404"] = Error(404, "not_found", "No such object"),
        ["404 of a retired model"] = Error(404, "model_not_found", "The model has been deprecated"),
        ["408"] = Error(408, "timeout", "Timeout"),
        ["409"] = Error(409, "conflict", "Another operation is under way"),
        ["413"] = Error(413, "too_large", "Too large"),
        ["429"] = http =>
        {
            http.Response.Headers.RetryAfter = "7";
            return Error(429, "rate_limit_exceeded", "Rate limit reached for requests", "requests")(http);
        },
        ["429 insufficient_quota"] = Error(429, "insufficient_quota", "You exceeded your current quota", "insufficient_quota"),
        ["429 daily_rate_limit_exceeded"] = Error(429, "daily_rate_limit_exceeded", "Daily limit of fine-tuning jobs reached"),
        ["429 too many jobs"] = Error(429, "rate_limit_exceeded", "Your organization has reached the maximum of 3 active requests"),
        ["500"] = Error(500, null, "The server had an error"),
        ["503"] = Error(503, null, "Overloaded"),
    };

    private static Func<HttpContext, Task> Error(int status, string? code, string message, string type = "invalid_request_error") => http =>
        WireServer.WriteAsync(http, status, System.Text.Json.JsonSerializer.Serialize(new { error = new { message, type, param = (string?)null, code } }));
}
