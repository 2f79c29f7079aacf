using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Api.Tests.Runs;

/// <summary>An engine with the instances that a test gives it, which keeps what it is told.</summary>
internal sealed class ToldEngine : IDurableClient
{
    public Dictionary<string, InstanceState> States { get; } = [];

    public Dictionary<string, HistoryEntry[]> Histories { get; } = [];

    public List<string> Told { get; } = [];

    public Task<InstanceState?> GetAsync(string instanceId, CancellationToken cancellation = default) =>
        Task.FromResult(States.GetValueOrDefault(instanceId));

    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<HistoryEntry>>(Histories.GetValueOrDefault(instanceId, []));

    public Task RaiseEventAsync<T>(string instanceId, EventName<T> name, T payload, CancellationToken cancellation = default) =>
        Note($"raise {name.Name} {JsonSerializer.Serialize(payload, FlowJson.Compact)}");

    public Task SuspendAsync(string instanceId, string reason, CancellationToken cancellation = default) => Note($"suspend {reason}");

    public Task ResumeAsync(string instanceId, string reason, CancellationToken cancellation = default) => Note($"resume {reason}");

    public Task<bool> StartAsync<TIn, TOut>(OrchestrationName<TIn, TOut> orchestration, string instanceId, TIn input, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public Task<InstancePage> QueryAsync(InstanceQuery query, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task PurgeAsync(string instanceId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task RewindAsync(string instanceId, string reason, CancellationToken cancellation = default) => throw new NotSupportedException();

    private Task Note(string what)
    {
        Told.Add(what);
        return Task.CompletedTask;
    }
}
