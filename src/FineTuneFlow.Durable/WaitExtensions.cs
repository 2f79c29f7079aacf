namespace FineTuneFlow.Durable;

public static class WaitExtensions
{
    public static Task Delay(this IOrchestrationContext context, TimeSpan delay, CancellationToken cancellation = default) =>
        context.DelayUntil(context.UtcNow + delay, cancellation);

    /// <summary>The next event of this name, or null when none has come by the deadline. What loses the race is cancelled, so
    /// that neither a timer nor a waiter is left behind to take the next event.</summary>
    /// <param name="context">The orchestration's.</param>
    /// <param name="name">Of the event.</param>
    /// <param name="deadline">Until when to wait.</param>
    /// <param name="stop">Cancelled by the orchestration's own code: the wait ends as cancelled.</param>
    public static async Task<T?> WaitForEvent<T>(
        this IOrchestrationContext context, EventName<T> name, DateTimeOffset deadline, CancellationToken stop = default)
        where T : class
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var came = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task timer = context.DelayUntil(deadline, late.Token);
        Task<T> happened = context.WaitForEvent(name, came.Token);
        // No ConfigureAwait(false) and no Task.Run in orchestrations: an engine runs them on its own single thread of a turn.
        if (await Task.WhenAny(happened, timer) == happened)
        {
            late.Cancel();
            return await happened;
        }

        came.Cancel();
        await timer;
        return null;
    }
}
