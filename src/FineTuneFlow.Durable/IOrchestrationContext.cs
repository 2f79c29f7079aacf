using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Durable;

/// <summary>What an orchestration sees of its engine. The code of an orchestration runs again from its start at every turn,
/// over its history: it takes time, ids and all results from here and does nothing else that could differ.</summary>
public interface IOrchestrationContext
{
    string InstanceId { get; }

    /// <summary>The version of the orchestration's code with which this instance began.</summary>
    string Version { get; }

    /// <summary>The time of the current turn, the same at every replay.</summary>
    DateTimeOffset UtcNow { get; }

    bool IsReplaying { get; }

    /// <summary>An id that is the same at every replay.</summary>
    Guid NewGuid();

    /// <summary>Writes only when not replaying.</summary>
    ILogger Logger(string category);

    /// <summary>Calls an activity, at least once until it has ended.</summary>
    /// <exception cref="StepFailedException">All attempts have failed.</exception>
    Task<TOut> CallAsync<TIn, TOut>(ActivityName<TIn, TOut> activity, TIn input, RetryPolicy? retry = null);

    /// <summary>Runs another orchestration and waits for its end.</summary>
    /// <param name="orchestration">Its name.</param>
    /// <param name="input">Its input: references, not data.</param>
    /// <param name="instanceId">Its id; null: derived from this instance's id. Must not name an instance that exists.</param>
    /// <param name="retry">Null: no retry.</param>
    /// <exception cref="StepFailedException">It failed or was terminated.</exception>
    Task<TOut> CallAsync<TIn, TOut>(OrchestrationName<TIn, TOut> orchestration, TIn input, string? instanceId = null, RetryPolicy? retry = null);

    /// <summary>A durable timer. Cancelling the token completes the task as cancelled and removes the timer.</summary>
    Task DelayUntil(DateTimeOffset due, CancellationToken cancellation = default);

    /// <summary>The next event of this name, also one that came before it was waited for. Events of a name are given in the
    /// order of their arrival to waiters in the order of their waiting; a cancelled waiter takes none.</summary>
    Task<T> WaitForEvent<T>(EventName<T> name, CancellationToken cancellation = default);

    /// <summary>Sends an event to another instance, once.</summary>
    void SendEvent<T>(string instanceId, EventName<T> name, T payload);

    /// <summary>What queries show of this instance: a stage, counters and ids, under 16 KB.</summary>
    void SetStatus<T>(T status);

    /// <summary>Ends this execution and begins it anew with an empty history; to be followed by a return. Events that nobody
    /// waited for are carried along.</summary>
    void ContinueAsNew<TIn>(TIn input);
}
