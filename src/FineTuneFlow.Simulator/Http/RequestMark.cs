using System.Diagnostics;
using System.Globalization;

namespace FineTuneFlow.Simulator.Http;

/// <summary>The headers that every answer of the real service has, and by which its support finds a request.</summary>
internal static class RequestMark
{
    public static Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        long began = Stopwatch.GetTimestamp();
        http.Response.OnStarting(() =>
        {
            IHeaderDictionary headers = http.Response.Headers;
            headers["x-request-id"] = $"req_{Guid.NewGuid():N}";
            headers["openai-version"] = "2020-10-01";
            headers["openai-processing-ms"] = ((long)Stopwatch.GetElapsedTime(began).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        return next(http);
    }
}
