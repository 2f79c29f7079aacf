using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>What the services' error answers mean: one table, read from the top, first match. The same trouble comes under
/// other codes at each service, so some rows have to look at the message; nothing after this ever does.</summary>
internal static partial class ErrorReading
{
    private const int LongestMessage = 300;

    private const string WindDown =
        "OpenAI is closing self-serve fine-tuning; use Azure OpenAI, another service of the same wire format, or the simulator";

    /// <summary>Where an address is wrong, or that of something else.</summary>
    private const string Address = "Check the setting Providers__{provider}__BaseAddress: docs/providers.md has the addresses of the services, and most end in /v1/";

    private static readonly ImmutableArray<Rule> Table =
    [
        new(401, _ => true, FailureKind.Unauthenticated, "refused the credentials", "Check the provider's Key or Credential setting"),
        new(402, _ => true, FailureKind.QuotaExhausted, "has no credit left", "Add credit at the service, then rerun"),
        new(403, e => e.Says("fine-tun", "finetun", "training"), FailureKind.Forbidden, "does not allow fine-tuning here", WindDown),
        new(403, _ => true, FailureKind.Forbidden, "does not allow it", "Give the key or identity the permission (Azure: Cognitive Services OpenAI Contributor)"),
        new(429, e => e.Is("insufficient_quota", "quota_exceeded", "billing_hard_limit_reached"), FailureKind.QuotaExhausted,
            "has no credit left", "Add credit or raise the budget at the service, then rerun"),
        new(429, e => e.Is("daily_rate_limit_exceeded"), FailureKind.DailyCapReached, "takes no more jobs today", "The run waits for the next day by itself"),
        new(429, e => e.Call == ServiceCall.CreateJob && (e.Is("too_many_jobs", "max_active_jobs_exceeded", "active_jobs_limit_reached")
            || e.Says("active", "concurrent", "at once", "queued", "too many jobs", "running jobs")),
            FailureKind.TooManyJobs, "runs as many jobs as it allows", "The run waits for a slot by itself"),
        new(429, _ => true, FailureKind.Throttled, "asks to go slower", null),
        new(null, e => e.Is("DeploymentNotReady"), FailureKind.Unavailable, "has not made the deployment ready yet", null) { Wait = TimeSpan.FromSeconds(2) },
        new(null, e => e.Call == ServiceCall.Ask && e.Says("failed to load lora", "loading lora", "lora adapter is not"), FailureKind.Unavailable,
            "has not loaded the fine-tune's adapter yet", null) { Wait = TimeSpan.FromSeconds(15) },
        new(400, e => e.Call == ServiceCall.Ask && e.SaysInBatchesOnly, FailureKind.Forbidden, "answers this model in batches only",
            "A run asks it in batches by itself where the provider has them (Providers__{provider}__Profile__Batches); else choose another model"),
        new(null, e => e.Call == ServiceCall.CreateDeployment && e.Is("InsufficientQuota", "QuotaExceeded"), FailureKind.QuotaExhausted,
            "has no quota for a deployment of this SKU and capacity", "Lower the provider's Deployment__Capacity setting, choose another Deployment__Sku, or ask for quota"),
        new(404, e => e.Is("DeploymentNotFound"), FailureKind.NotFound, "has no such deployment", "Deploy the model again; Azure deletes deployments left idle for 15 days"),
        new(400, e => e.Is("model_not_available") || e.Says("not available for fine-tuning"), FailureKind.InvalidInput,
            "does not fine-tune this model", "Choose another base model"),
        new(400, e => e.Says("does not support fine-tuning", "does not support fine tuning"), FailureKind.InvalidInput,
            "says that the base model does not support fine-tuning",
            "At Azure this also means that the training tier is missing or not offered for it: set the candidate's tier, or the provider's Tier setting; else choose another model"),
        new(null, e => e.Status is 400 or 404 or 410 && (e.Is("model_deprecated", "model_retired", "model_shut_down") || e.Says("deprecated", "has been shut down", "retired")),
            FailureKind.ModelRetired, "has retired the model", "Choose a model that can still be trained and served"),
        new(404, e => e.Call.IsOfTheService && !e.Is("model_not_found"), FailureKind.NotFound, "has nothing at this address", Address),
        new(404, e => e.Is("model_not_found"), FailureKind.NotFound, "knows no such model for this key", "See with ftf doctor what the key can use, and name another model"),
        new(404, _ => true, FailureKind.NotFound, "knows no such thing", null),
        new(409, _ => true, FailureKind.Conflict, "says that it is in another state", null),
        new(408, _ => true, FailureKind.Unavailable, "gave up waiting", null),
        new(413, _ => true, FailureKind.InvalidInput, "says that the request is too large", "Use fewer rows, or shorter texts"),
        new(null, e => e.Status is >= 300 and < 400, FailureKind.InvalidInput, "answers from another address", "Check the provider's BaseAddress setting"),
        new(null, e => e.Status is >= 400 and < 500, FailureKind.InvalidInput, "refused the request", null),
        new(null, _ => true, FailureKind.Unavailable, "had a fault of its own", null),
    ];

    /// <param name="provider">For messages.</param>
    /// <param name="call">What was asked.</param>
    /// <param name="given">Not 2xx.</param>
    /// <param name="key">Never to be shown, should the service repeat it.</param>
    public static FlowException Read(string provider, ServiceCall call, ServiceAnswer given, string? key)
    {
        int status = given.Status;
        Answer answer = Answer.Parse(call, given);
        Rule rule = Table.First(row => (row.Status is null || row.Status == status) && row.When(answer));
        // The service broke while it may have been making the thing: nobody knows whether it is there.
        FailureKind kind = rule.Kind == FailureKind.Unavailable && call.Nature == CallNature.Makes ? FailureKind.Ambiguous : rule.Kind;
        string detail = answer.Code is null ? $"{status}" : $"{status} {answer.Code}";
        string message = $"{provider} {rule.What} (asked to {call.What}: {detail})";
        if (!call.SpeaksOfData && status != 401 && answer.Message is { } said)
        {
            message += $": {Shortened(key is null ? said : said.Replace(key, "…", StringComparison.Ordinal))}";
        }

        return new FlowException(new Failure(kind, message, rule.Remedy?.Replace("{provider}", provider, StringComparison.Ordinal), Field: kind == FailureKind.InvalidInput ? answer.Param : null, RetryAfter: given.RetryAfter ?? rule.Wait));
    }

    /// <summary>Azure refuses a filtered prompt with 400: an answer about this text, not a fault of the call.</summary>
    public static bool IsContentFilter(ServiceCall call, ServiceAnswer answer) =>
        answer.Status == 400 && Answer.Parse(call, answer).Is("content_filter", "content_policy_violation");

    /// <summary>Whether a question was refused because the model is answered through the Batch API only.</summary>
    public static bool IsInBatchesOnly(ServiceAnswer answer) => answer.Status == 400 && Answer.Parse(ServiceCall.Ask, answer).SaysInBatchesOnly;

    /// <summary>The field that a question was refused for, and the service's sentence about it; null where it was not a field.</summary>
    public static (string? Param, string? Message)? RefusedField(ServiceAnswer answer)
    {
        if (answer.Status is not (400 or 422))
        {
            return null;
        }

        Answer read = Answer.Parse(ServiceCall.Ask, answer);
        return (read.Param, read.Message);
    }

    /// <summary>From <c>retry-after-ms</c>, or Retry-After in seconds or as an HTTP date; never negative, at most a day.</summary>
    public static TimeSpan? RetryAfter(string? milliseconds, string? after, DateTimeOffset now)
    {
        TimeSpan? wait =
            double.TryParse(milliseconds, NumberStyles.Float, CultureInfo.InvariantCulture, out double ms) && double.IsFinite(ms) ? TimeSpan.FromMilliseconds(Math.Min(ms, 86_400_000))
            : double.TryParse(after, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400))
            : DateTimeOffset.TryParse(after, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date - now
            : null;
        return wait is null ? null : TimeSpan.FromTicks(Math.Clamp(wait.Value.Ticks, 0, TimeSpan.TicksPerDay));
    }

    /// <summary>A service's sentence as it may go through history and logs: without what stands at length in quotes, which may be a
    /// piece of a text, and not without end.</summary>
    public static string Shortened(string message)
    {
        string plain = Quoted().Replace(message.ReplaceLineEndings(" "), "\"…\"").Trim();
        return plain.Length <= LongestMessage ? plain : plain[..LongestMessage] + "…";
    }

    [GeneratedRegex("\"[^\"]{41,}\"|“[^”]{41,}”|(?<!\\w)'[^']{41,}'(?!\\w)|`[^`]{41,}`")]
    private static partial Regex Quoted();

    private sealed record Rule(int? Status, Func<Answer, bool> When, FailureKind Kind, string What, string? Remedy)
    {
        /// <summary>Where the service does not say how long to wait.</summary>
        public TimeSpan? Wait { get; init; }
    }

    private sealed record Answer(ServiceCall Call, int Status, string? Code, string? Type, string? Param, string? Message)
    {
        public bool SaysInBatchesOnly => Says("only batch", "batch only", "only supports batch", "only available in batch", "only through the batch", "only via the batch");

        /// <summary>Whether code or type is one of these.</summary>
        public bool Is(params ReadOnlySpan<string> words)
        {
            foreach (string word in words)
            {
                if (string.Equals(Code, word, StringComparison.OrdinalIgnoreCase) || string.Equals(Type, word, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            return false;
        }

        public bool Says(params ReadOnlySpan<string> words)
        {
            foreach (string word in words)
            {
                if (Message?.Contains(word, StringComparison.OrdinalIgnoreCase) == true)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>{"error":{message,type,param,code}}, {"error":"…"}, {"message":…}, {"detail":…}, or no JSON at all.</summary>
        public static Answer Parse(ServiceCall call, ServiceAnswer given)
        {
            var answer = new Answer(call, given.Status, null, null, null, null);
            try
            {
                using JsonDocument json = JsonDocument.Parse(given.Body);
                JsonElement root = json.RootElement;
                JsonElement error = root.Member("error") ?? root;
                return answer with
                {
                    Code = error.Text("code"),
                    Type = error.Text("type"),
                    Param = error.Text("param"),
                    Message = error.ValueKind == JsonValueKind.String ? error.AsText() : error.Text("message") ?? root.Text("detail"),
                };
            }
            catch (JsonException)
            {
                // A gateway's HTML page says nothing worth repeating.
                return answer;
            }
        }
    }
}
