namespace FineTuneFlow.Workflow.Durable;

public static class WaitExtensions
{
    public static Task Delay(this IOrchestrationContext context, TimeSpan delay, CancellationToken cancellation = default) =>
        context.DelayUntil(context.UtcNow + delay, cancellation);

    /// <summary>The next event of this name, or null when none has come by the deadline. What loses the race is cancelled, so
    /// that neither a timer nor a waiter is left behind to take the next event.</summary>
    public static async Task<T?> WaitForEvent<T>(this IOrchestrationContext context, EventName<T> name, DateTimeOffset deadline)
        where T : class
    {
        using var late = new CancellationTokenSource();
        using var came = new CancellationTokenSource();
        Task timer = context.DelayUntil(deadline, late.Token);
        Task<T> happened = context.WaitForEvent(name, came.Token);
        // No ConfigureAwait(false) and no Task.Run in orchestrations: an engine runs them on its own single thread of a turn.
        if (await Task.WhenAny(happened, timer) == happened)
        {
            late.Cancel();
            return await happened;
        }

        came.Cancel();
        return null;
    }
}
