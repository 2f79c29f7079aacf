namespace FineTuneFlow.Durable;

/// <summary>Starts, finds and steers instances from outside. All calls throw
/// <see cref="Core.Failures.FlowException"/>: NotFound for an unknown id, Conflict where the state does not allow the move.</summary>
public interface IDurableClient
{
    /// <summary>Starts an instance unless one of this id exists in whatever state.</summary>
    /// <returns>False when it existed.</returns>
    Task<bool> StartAsync<TIn, TOut>(OrchestrationName<TIn, TOut> orchestration, string instanceId, TIn input, CancellationToken cancellation = default);

    Task<InstanceState?> GetAsync(string instanceId, CancellationToken cancellation = default);

    Task<InstancePage> QueryAsync(InstanceQuery query, CancellationToken cancellation = default);

    /// <summary>The instance's steps in the order of their recording; inputs and outputs are references by design.</summary>
    Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellation = default);

    Task RaiseEventAsync<T>(string instanceId, EventName<T> name, T payload, CancellationToken cancellation = default);

    /// <summary>The instance and its sub-orchestrations take nothing in until they are resumed; what comes for them is kept.
    /// (Durable Functions holds the one instance only.)</summary>
    Task SuspendAsync(string instanceId, string reason, CancellationToken cancellation = default);

    Task ResumeAsync(string instanceId, string reason, CancellationToken cancellation = default);

    /// <summary>Ends an instance and its sub-orchestrations where they stand, without running any more of their code.</summary>
    Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default);

    /// <summary>Removes an ended instance, its sub-orchestrations and their history.</summary>
    Task PurgeAsync(string instanceId, CancellationToken cancellation = default);

    /// <summary>A failed instance runs its failed steps again and goes on from there.</summary>
    Task RewindAsync(string instanceId, string reason, CancellationToken cancellation = default);
}
