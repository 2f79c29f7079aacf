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

    /// <summary>The second time that it is asked for it stands already.</summary>
    public Task<bool> StartAsync<TIn, TOut>(OrchestrationName<TIn, TOut> orchestration, string instanceId, TIn input, CancellationToken cancellation = default)
    {
        Told.Add($"start {orchestration.Name} {JsonSerializer.Serialize(input, FlowJson.Compact)}");
        return Task.FromResult(States.TryAdd(instanceId, new InstanceState
        {
            InstanceId = instanceId, Orchestration = orchestration.Name, Version = "1", Status = InstanceStatus.Running, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
        }));
    }

    /// <summary>What was asked for, and pages in the order of ids: a continuation is the last id of the page before.</summary>
    public List<InstanceQuery> Queries { get; } = [];

    public Task<InstancePage> QueryAsync(InstanceQuery query, CancellationToken cancellation = default)
    {
        Queries.Add(query);
        InstanceState[] left = [.. States.Values
            .Where(state => state.InstanceId.StartsWith(query.IdPrefix ?? "", StringComparison.Ordinal) && (query.Statuses.IsEmpty || query.Statuses.Contains(state.Status)))
            .OrderBy(state => state.InstanceId, StringComparer.Ordinal)
            .Where(state => string.CompareOrdinal(state.InstanceId, query.Continuation ?? "") > 0)];
        InstanceState[] page = [.. left.Take(query.PageSize)];
        return Task.FromResult(new InstancePage(page, page.Length < left.Length ? page[^1].InstanceId : null));
    }

    public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task PurgeAsync(string instanceId, CancellationToken cancellation = default) => Note($"purge {instanceId}");

    public Task RewindAsync(string instanceId, string reason, CancellationToken cancellation = default) => throw new NotSupportedException();

    private Task Note(string what)
    {
        Told.Add(what);
        return Task.CompletedTask;
    }
}
