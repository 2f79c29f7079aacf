namespace FineTuneFlow.Core.Failures;

/// <summary>The closed set of ways in which anything in the product fails. Decisions (retry, wait, give up, HTTP status,
/// exit code) ask the kind, never the text of a message.</summary>
public enum FailureKind
{
    /// <summary>A request, recipe, setting or data file is wrong; the caller must change it.</summary>
    InvalidInput,
    NotFound,
    /// <summary>The thing exists already, or changed since it was read.</summary>
    Conflict,
    /// <summary>401: no or wrong credentials. Final.</summary>
    Unauthenticated,
    /// <summary>403: the credentials do not allow it (also a refused fine-tuning organisation). Final.</summary>
    Forbidden,
    /// <summary>429 <c>insufficient_quota</c>: no credit left. Final.</summary>
    QuotaExhausted,
    /// <summary>429 with a rate limit: retry after <see cref="Failure.RetryAfter"/>.</summary>
    Throttled,
    /// <summary>The provider takes no more jobs at once: wait for a slot, do not back off blindly.</summary>
    TooManyJobs,
    /// <summary>The provider's daily job cap: wait for the next day's slot by a durable timer.</summary>
    DailyCapReached,
    /// <summary>5xx or a network fault on a call that is safe to repeat.</summary>
    Unavailable,
    /// <summary>The answer to a call that must not be repeated blindly was lost: look up and adopt first.</summary>
    Ambiguous,
    /// <summary>The model cannot be trained or served any longer (or not until the run would end).</summary>
    ModelRetired,
    /// <summary>The provider's training job, or the container job, ended in failure.</summary>
    JobFailed,
    /// <summary>The drop was overwritten while it was read.</summary>
    DropChanged,
    ApprovalDenied,
    BudgetExceeded,
    DeadlineExceeded,
    Cancelled,
    /// <summary>An orchestration's code asked for other actions than its history holds.</summary>
    NonDeterministic,
    /// <summary>A defect of ours; anything that is none of the above.</summary>
    Internal,
}
