using System.Globalization;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>The request limit of each model: a bucket that holds one minute's requests and fills evenly. Says in OpenAI's headers what
/// is left, and refuses with 429 and Retry-After what is too much.</summary>
internal sealed class RequestRate(SimulatorOptions options, TimeProvider clock)
{
    private readonly Dictionary<string, (double Left, long At)> _buckets = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <param name="model">As asked for: every model, or deployment, has its own limit.</param>
    /// <param name="perMinute">Requests a minute at speed 1; null for no limit.</param>
    /// <param name="headers">Of the answer.</param>
    /// <exception cref="ApiException">429.</exception>
    public void Take(string model, int? perMinute, IHeaderDictionary headers)
    {
        if (perMinute is not { } limit)
        {
            return;
        }

        double perSecond = limit * options.Speed / 60;
        double left;
        bool allowed;
        lock (_lock)
        {
            long now = clock.GetTimestamp();
            left = _buckets.TryGetValue(model, out (double Left, long At) held)
                ? Math.Min(limit, held.Left + (clock.GetElapsedTime(held.At, now).TotalSeconds * perSecond))
                : limit;
            allowed = left >= 1;
            left -= allowed ? 1 : 0;
            _buckets[model] = (left, now);
        }

        headers["x-ratelimit-limit-requests"] = limit.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-remaining-requests"] = ((int)left).ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-reset-requests"] = string.Create(CultureInfo.InvariantCulture, $"{(limit - left) / perSecond:F3}s");
        if (!allowed)
        {
            double wait = (1 - left) / perSecond;
            headers.RetryAfter = Math.Ceiling(wait).ToString(CultureInfo.InvariantCulture);
            headers["retry-after-ms"] = Math.Ceiling(wait * 1000).ToString(CultureInfo.InvariantCulture);
            throw new ApiException(
                429,
                string.Create(CultureInfo.InvariantCulture, $"Rate limit reached for {model} on requests per min (RPM): Limit {limit}, Used {limit}, Requested 1. Please try again in {wait:F3}s."),
                "rate_limit_exceeded",
                type: "requests");
        }
    }
}
