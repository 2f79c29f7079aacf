namespace FineTuneFlow.Simulator.Faults;

/// <summary>What a fault does.</summary>
internal enum FaultAction
{
    /// <summary>The work is done, then the connection is cut before the answer.</summary>
    LostAnswer,
    /// <summary>429 <c>rate_limit_exceeded</c>, with Retry-After where <see cref="FaultRule.RetryAfter"/> is given.</summary>
    RateLimit,
    /// <summary>429 <c>daily_rate_limit_exceeded</c>.</summary>
    DailyCap,
    /// <summary>429: as many jobs as allowed are active.</summary>
    TooManyJobs,
    /// <summary>429 <c>insufficient_quota</c>.</summary>
    InsufficientQuota,
    Unauthorized,
    /// <summary>403, the wind-down's refusal of an organisation.</summary>
    Forbidden,
    /// <summary>404 <c>model_not_found</c>.</summary>
    NotFound,
    /// <summary>400: the model is answered through the Batch API only.</summary>
    BatchOnly,
    /// <summary>404 for a job or file, as a machine answers that has not heard of it yet.</summary>
    NotShown,
    /// <summary>200 with a web page, as a proxy or a wrong address answers.</summary>
    WebPage,
    /// <summary>500.</summary>
    ServerError,
    /// <summary>503.</summary>
    Unavailable,
    /// <summary>Waits <see cref="FaultRule.Milliseconds"/>, then goes on.</summary>
    Slow,
    /// <summary>The connection is cut after <see cref="FaultRule.AfterBytes"/> of the request's body; nothing is done.</summary>
    ResetUpload,
    /// <summary>A file's content comes base64-encoded.</summary>
    Base64Content,
    /// <summary>ISO dates, nulls and missing members, <c>pending</c>.</summary>
    AzureShapes,
    /// <summary>A job's events come in an order of their own, not newest first.</summary>
    ShuffleEvents,
    /// <summary>Match JOB: the job fails after its training.</summary>
    FailJob,
    /// <summary>Match WEBHOOK: sent twice.</summary>
    DuplicateWebhook,
    /// <summary>Match WEBHOOK: sent after the next one, or after a second.</summary>
    ReorderWebhook,
    /// <summary>Match WEBHOOK: not sent.</summary>
    DropWebhook,
}
