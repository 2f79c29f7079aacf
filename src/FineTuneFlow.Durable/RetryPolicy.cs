using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Durable;

/// <summary>How a failed activity or sub-orchestration is tried again, by durable timers. The wait before attempt n + 1 is
/// FirstInterval * BackoffCoefficient^(n - 1), at most MaxInterval, or what the failure's RetryAfter asks if that is longer.</summary>
/// <param name="MaxAttempts">1 or more, the first one counted.</param>
/// <param name="FirstInterval">Above zero.</param>
/// <param name="BackoffCoefficient">1 or more.</param>
/// <param name="MaxInterval">Null: one hour.</param>
/// <param name="Timeout">No attempt begins later than this after the first one; null: no such limit.</param>
/// <param name="Kinds">The kinds that are tried again; empty: those that are retryable by nature, and Internal.</param>
/// <param name="LongestAsked">A service that is asked too much or is away, and asks to wait for longer, is not waited for by the
/// retries: the failure is told to the caller, whose wait can be shown and cancelled. Null: any wait is kept.</param>
public sealed record RetryPolicy(
    int MaxAttempts,
    TimeSpan FirstInterval,
    double BackoffCoefficient = 2,
    TimeSpan? MaxInterval = null,
    TimeSpan? Timeout = null,
    ImmutableArray<FailureKind> Kinds = default,
    TimeSpan? LongestAsked = null)
{
    /// <summary>A defect hardly repairs itself: it is tried this often at the most, so that it shows soon.</summary>
    public const int MaxInternalAttempts = 5;

    public bool Handles(Failure failure) =>
        Kinds.IsDefaultOrEmpty ? failure.IsRetryable || failure.Kind == FailureKind.Internal : Kinds.Contains(failure.Kind);

    /// <summary>The wait after the given failed attempt (from 1), or null when there is to be no other.</summary>
    public TimeSpan? NextDelay(int attempt, Failure failure, TimeSpan sinceFirstAttempt)
    {
        int most = failure.Kind == FailureKind.Internal ? Math.Min(MaxAttempts, MaxInternalAttempts) : MaxAttempts;
        bool asksForLong = failure.RetryAfter > LongestAsked && failure.Kind is (FailureKind.Throttled or FailureKind.Unavailable);
        if (attempt >= most || !Handles(failure) || asksForLong)
        {
            return null;
        }

        TimeSpan longest = MaxInterval ?? TimeSpan.FromHours(1);
        double wanted = FirstInterval.TotalMilliseconds * Math.Pow(BackoffCoefficient, attempt - 1);
        TimeSpan delay = TimeSpan.FromMilliseconds(Math.Min(wanted, longest.TotalMilliseconds));
        if (failure.RetryAfter > delay)
        {
            delay = failure.RetryAfter.Value;
        }

        return Timeout is { } timeout && sinceFirstAttempt + delay > timeout ? null : delay;
    }
}
