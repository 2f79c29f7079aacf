using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableTask.Core.Exceptions;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.Durable;

/// <summary>Durable Functions as the API and the triggers see it.</summary>
public sealed class DurableFunctionsClient(Func<DurableTaskClient> current, IHttpClientFactory http) : IDurableClient
{
    private const string Unsupported = "This host's Durable Functions extension or backend cannot do it; see docs/operations.md";

    public async Task<bool> StartAsync<TIn, TOut>(
        OrchestrationName<TIn, TOut> orchestration, string instanceId, TIn input, CancellationToken cancellation = default)
    {
        if (await StandsAsync(instanceId, cancellation))
        {
            return false;
        }

        // Two triggers may both have looked: a backend that knows de-duplication refuses the second start. One that does not is
        // left with two starts of one id at nearly one time, of which Azure Storage runs one.
        StartOrchestrationOptions options = new StartOrchestrationOptions(instanceId)
        {
            Version = new TaskVersion(orchestration.Version),
            Tags = InstanceTags.Of(orchestration.Version),
        }.WithDedupeStatuses(
            OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended,
            OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated);
        try
        {
            await current().ScheduleNewOrchestrationInstanceAsync(orchestration.Name, input, options, cancellation);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
        catch (RpcException exception)
        {
            // Hosts differ in how they tell a duplicate; what counts is whether the instance stands.
            return await StandsAsync(instanceId, cancellation) ? false : throw Unavailable(exception);
        }
    }

    public async Task<InstanceState?> GetAsync(string instanceId, CancellationToken cancellation = default)
    {
        try
        {
            return await current().GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellation) is { } metadata
                ? InstanceMapping.State(metadata)
                : null;
        }
        catch (RpcException exception)
        {
            throw Unavailable(exception);
        }
    }

    /// <summary>Backends page in orders of their own and filter neither by orchestration nor by status text: the matching
    /// instances are read whole, sorted and paged here. That is one scan of the task hub's instances a call, fit for the
    /// thousands that a purge policy leaves.</summary>
    public async Task<InstancePage> QueryAsync(InstanceQuery query, CancellationToken cancellation = default)
    {
        var filter = new OrchestrationQuery(
            query.CreatedFrom,
            query.CreatedTo,
            query.Statuses.IsDefaultOrEmpty ? null : query.Statuses.Select(InstanceMapping.Status),
            InstanceIdPrefix: query.IdPrefix,
            PageSize: 500,
            FetchInputsAndOutputs: true);
        List<InstanceState> matching = [];
        try
        {
            await foreach (OrchestrationMetadata metadata in current().GetAllInstancesAsync(filter).WithCancellation(cancellation))
            {
                InstanceState state = InstanceMapping.State(metadata);
                if (Matches(state, query))
                {
                    matching.Add(state);
                }
            }
        }
        catch (RpcException exception)
        {
            throw Unavailable(exception);
        }

        InstanceState[] page = [.. matching.OrderByDescending(Place, StringComparer.Ordinal)
            .Where(state => query.Continuation is null || string.CompareOrdinal(Place(state), query.Continuation) < 0)
            .Take(query.PageSize + 1)];
        return page.Length > query.PageSize
            ? new InstancePage(page[..^1], Place(page[^2]))
            : new InstancePage(page, null);
    }

    private async Task<bool> StandsAsync(string instanceId, CancellationToken cancellation)
    {
        try
        {
            return await current().GetInstanceAsync(instanceId, getInputsAndOutputs: false, cancellation) is not null;
        }
        catch (RpcException exception)
        {
            throw Unavailable(exception);
        }
    }

    /// <summary>Ids of what an instance has started begin with its own id (<c>Flows</c>).</summary>
    private async Task<List<string>> ChildrenAsync(string instanceId, InstanceStatus[] statuses, CancellationToken cancellation)
    {
        var children = new List<string>();
        var query = new InstanceQuery { IdPrefix = $"{instanceId}:", Statuses = [.. statuses], RootsOnly = false, PageSize = 1_000 };
        do
        {
            InstancePage page = await QueryAsync(query, cancellation);
            children.AddRange(page.Instances.Select(i => i.InstanceId));
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
        return children;
    }

    public async Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellation = default)
    {
        await FindAsync(instanceId, cancellation);
        try
        {
            return HistoryMapping.Entries(await current().GetOrchestrationHistoryAsync(instanceId, cancellation));
        }
        catch (Exception exception) when (
            exception is NotSupportedException or NotImplementedException or RpcException { StatusCode: StatusCode.Unimplemented })
        {
            return await HistoryByHttpAsync(instanceId, cancellation);
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
            throw Unavailable(exception);
        }
    }

    public Task RaiseEventAsync<T>(string instanceId, EventName<T> name, T payload, CancellationToken cancellation = default) => MoveAsync(
        instanceId, "take an event", state => !state.HasEnded, () => current().RaiseEventAsync(instanceId, name.Name, payload, cancellation), cancellation);

    /// <summary>Durable Functions holds one instance only; what a run has started would go on spending, so it is held with it.</summary>
    public async Task SuspendAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        await MoveAsync(
            instanceId, "be suspended", state => state.Status is InstanceStatus.Running or InstanceStatus.Pending,
            () => current().SuspendInstanceAsync(instanceId, reason, cancellation), cancellation);
        foreach (string child in await ChildrenAsync(instanceId, [InstanceStatus.Running], cancellation))
        {
            await current().SuspendInstanceAsync(child, reason, cancellation);
        }
    }

    public async Task ResumeAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        await MoveAsync(
            instanceId, "be resumed", state => state.Status == InstanceStatus.Suspended,
            () => current().ResumeInstanceAsync(instanceId, reason, cancellation), cancellation);
        foreach (string child in await ChildrenAsync(instanceId, [InstanceStatus.Suspended], cancellation))
        {
            await current().ResumeInstanceAsync(child, reason, cancellation);
        }
    }

    /// <summary>Not every backend ends what an instance has started with it, so that is ended here, the instance first: it then
    /// starts nothing more.</summary>
    public async Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        await MoveAsync(
            instanceId, "be terminated", state => !state.HasEnded,
            () => current().TerminateInstanceAsync(instanceId, new TerminateInstanceOptions(reason, Recursive: true), cancellation), cancellation);
        foreach (string child in await ChildrenAsync(instanceId, [InstanceStatus.Pending, InstanceStatus.Running, InstanceStatus.Suspended], cancellation))
        {
            await current().TerminateInstanceAsync(child, new TerminateInstanceOptions(reason, Recursive: true), cancellation);
        }
    }

    /// <summary>The same of purging, the instance last: a purge that breaks off is found and done again.</summary>
    public Task PurgeAsync(string instanceId, CancellationToken cancellation = default) => MoveAsync(
        instanceId,
        "be purged",
        state => state.HasEnded,
        async () =>
        {
            foreach (string child in await ChildrenAsync(instanceId, [InstanceStatus.Completed, InstanceStatus.Failed, InstanceStatus.Terminated], cancellation))
            {
                await current().PurgeInstanceAsync(child, new PurgeInstanceOptions(Recursive: true), cancellation);
            }

            await current().PurgeInstanceAsync(instanceId, new PurgeInstanceOptions(Recursive: true), cancellation);
        },
        cancellation);

    public Task RewindAsync(string instanceId, string reason, CancellationToken cancellation = default) => MoveAsync(
        instanceId, "be rewound", state => state.Status == InstanceStatus.Failed,
        () => current().RewindInstanceAsync(instanceId, reason, cancellation), cancellation);

    private async Task<InstanceState> FindAsync(string instanceId, CancellationToken cancellation) =>
        await GetAsync(instanceId, cancellation)
        ?? throw new FlowException(FailureKind.NotFound, $"there is no instance {instanceId}", "GET /api/runs lists those there are");

    private async Task MoveAsync(string instanceId, string move, Func<InstanceState, bool> allowed, Func<Task> act, CancellationToken cancellation)
    {
        InstanceState state = await FindAsync(instanceId, cancellation);
        if (!allowed(state))
        {
            throw new FlowException(FailureKind.Conflict, $"{instanceId} is {state.Status} and cannot {move}");
        }

        try
        {
            await act();
        }
        catch (Exception exception) when (
            exception is NotSupportedException or NotImplementedException or RpcException { StatusCode: StatusCode.Unimplemented })
        {
            throw new FlowException(FailureKind.Conflict, $"{instanceId} cannot {move} here", Unsupported, exception);
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.NotFound)
        {
            throw new FlowException(FailureKind.NotFound, $"there is no instance {instanceId} any longer", inner: exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or RpcException { StatusCode: StatusCode.FailedPrecondition })
        {
            throw new FlowException(FailureKind.Conflict, $"{instanceId} has meanwhile changed its state and cannot {move}", "Look at it again", exception);
        }
        catch (RpcException exception)
        {
            throw Unavailable(exception);
        }
    }

    private async Task<IReadOnlyList<HistoryEntry>> HistoryByHttpAsync(string instanceId, CancellationToken cancellation)
    {
        // The address holds the extension's key: it goes nowhere but to the host.
        string address = current().CreateHttpManagementPayload(instanceId).StatusQueryGetUri
            ?? throw new FlowException(FailureKind.Conflict, $"the history of {instanceId} cannot be read here", Unsupported);
        address += (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "showHistory=true&showHistoryOutput=true&showInput=false";
        try
        {
            using HttpClient client = http.CreateClient(nameof(DurableFunctionsClient));
            using HttpResponseMessage answer = await client.GetAsync(new Uri(address), cancellation);
            answer.EnsureSuccessStatusCode();
            JsonNode status = await JsonSerializer.DeserializeAsync<JsonNode>(
                await answer.Content.ReadAsStreamAsync(cancellation), FlowJson.Compact, cancellation) ?? throw new JsonException("the answer is null");
            return ManagementHistory.Read(status);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            throw Unavailable(exception);
        }
    }

    private static bool Matches(InstanceState state, InstanceQuery query) =>
        (query.Orchestration is null || state.Orchestration == query.Orchestration)
        && (!query.RootsOnly || InstanceMapping.IsRoot(state.InstanceId))
        && (query.IdPrefix is null || state.InstanceId.StartsWith(query.IdPrefix, StringComparison.Ordinal))
        && (query.Outcome is null || state.Status != InstanceStatus.Completed
            || (state.Output as JsonObject)?["outcome"] is JsonValue outcome && outcome.TryGetValue(out string? told) && told == query.Outcome)
        && (query.CustomStatusContains is null
            || state.CustomStatus?.ToJsonString(FlowJson.Compact).Contains(query.CustomStatusContains, StringComparison.Ordinal) == true);

    /// <summary>Where an instance stands in the order: by its beginning, then its id.</summary>
    private static string Place(InstanceState state) =>
        string.Create(CultureInfo.InvariantCulture, $"{state.CreatedAt.UtcTicks:D19}|{state.InstanceId}");

    private static FlowException Unavailable(Exception exception) =>
        new(FailureKind.Unavailable, $"Durable Functions did not answer ({exception.GetType().Name})", "Try again; GET /api/health tells when it is back", exception);
}
