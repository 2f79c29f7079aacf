using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>A service that asks to wait for minutes or hours is waited for by the orchestration itself: shown, ended by a
/// cancellation, and not begun where it would pass the run's deadline.</summary>
internal static class LongWaits
{
    /// <summary>Shorter waits are kept by retries and by whoever asks.</summary>
    public static readonly TimeSpan Above = TimeSpan.FromMinutes(2);

    /// <summary>How long a service may not know what it has acknowledged: not each of its machines hears of it at once.</summary>
    public static readonly TimeSpan ShowingTime = TimeSpan.FromMinutes(10);

    /// <summary>Calls a step of a provider, again after each such wait. The wait ends early when the instance is woken.</summary>
    /// <exception cref="StepFailedException">The step failed otherwise, or the run was cancelled meanwhile.</exception>
    /// <exception cref="FlowException">DeadlineExceeded: the service asks to wait beyond it.</exception>
    public static Task<TOut> CallPatientlyAsync<TIn, TOut>(
        this IOrchestrationContext context, ActivityName<TIn, TOut> step, TIn input, string provider, DateTimeOffset? deadline) =>
        context.CallPatientlyAsync(step, input, refused => context.WaitAsync(refused, provider, deadline));

    /// <summary>As above, with a wait of the caller's.</summary>
    public static async Task<TOut> CallPatientlyAsync<TIn, TOut>(
        this IOrchestrationContext context, ActivityName<TIn, TOut> step, TIn input, Func<StepFailedException, Task> wait)
    {
        while (true)
        {
            StepFailedException refused;
            try
            {
                return await context.CallAsync(step, input);
            }
            catch (StepFailedException error) when (IsLong(error.Failure))
            {
                refused = error;
            }

            await wait(refused);
        }
    }

    public static bool IsLong(Failure failure) =>
        failure.RetryAfter > Above && failure.Kind is FailureKind.Throttled or FailureKind.Unavailable && failure.RetryAfter is not null;

    /// <summary>Until when the service asks to wait.</summary>
    /// <exception cref="FlowException">DeadlineExceeded: that is beyond the deadline.</exception>
    public static DateTimeOffset Until(this IOrchestrationContext context, Failure failure, string provider, DateTimeOffset? deadline)
    {
        DateTimeOffset until = context.UtcNow + failure.RetryAfter!.Value;
        return until <= (deadline ?? DateTimeOffset.MaxValue)
            ? until
            : throw new FlowException(
                FailureKind.DeadlineExceeded,
                $"{provider} asks to wait until {until:yyyy-MM-dd HH:mm} UTC, which is after the run's deadline ({deadline:yyyy-MM-dd HH:mm} UTC)",
                "Rerun after that time, or raise deadlineHours in the recipe");
    }

    public static string Shown(string provider, DateTimeOffset until) => $"{provider} asks to wait until {until:yyyy-MM-dd HH:mm} UTC";

    private static async Task WaitAsync(this IOrchestrationContext context, StepFailedException refused, string provider, DateTimeOffset? deadline)
    {
        DateTimeOffset until = context.Until(refused.Failure, provider, deadline);
        context.SetStatus(new CandidateProgress(Shown(provider, until), null, null));
        context.Logger("FineTuneFlow.Runs").LogInformation("{Instance}: {Provider} asks to wait until {Until:yyyy-MM-dd HH:mm} UTC", context.InstanceId, provider, until);
        if (await context.WaitForEvent(Signals.Wake, until) is { Reason: WakeUp.Cancelled })
        {
            throw refused;
        }
    }
}
