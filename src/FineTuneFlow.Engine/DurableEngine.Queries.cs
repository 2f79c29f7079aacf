using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine;

public sealed partial class DurableEngine
{
    /// <summary>So many instances are sorted in some ten milliseconds.</summary>
    internal const int SortedAtMost = 4_000;

    public Task<InstanceState?> GetAsync(string instanceId, CancellationToken cancellation = default) =>
        Answer(() => Runtime.Database.Read(read => read.State(instanceId)) is { } state ? WithHold(state) : null);

    public Task<InstancePage> QueryAsync(InstanceQuery query, CancellationToken cancellation = default) => Answer(() => Query(query));

    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(string instanceId, CancellationToken cancellation = default) => Answer<IReadOnlyList<HistoryEntry>>(() => History(instanceId));

    /// <summary>What fails fails in the task, as with every other call: a caller that starts several at once can wait for all of them.</summary>
    private static Task<T> Answer<T>(Func<T> read)
    {
        try
        {
            return Task.FromResult(read());
        }
        catch (FlowException failed)
        {
            return Task.FromException<T>(failed);
        }
    }

    private InstancePage Query(InstanceQuery query)
    {
        if (query.PageSize is < 1 or > 1_000)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, $"A page of {query.PageSize} instances", "Ask for 1 to 1,000", Field: "pageSize"));
        }

        (long At, long Key)? after = query.Continuation is { } token ? ReadToken(token) : null;
        List<(InstanceState State, long CreatedAt, long Key)> rows = Runtime.Database.Read(read => read.Page(PageQuery.Of(query, after, read, SortedAtMost)));
        bool more = rows.Count > query.PageSize;
        List<(InstanceState State, long CreatedAt, long Key)> page = more ? rows[..query.PageSize] : rows;
        return new InstancePage(
            [.. page.Select(r => WithHold(r.State))],
            more ? Convert.ToBase64String(Encoding.ASCII.GetBytes($"{page[^1].CreatedAt}:{page[^1].Key}")) : null);
    }

    private List<HistoryEntry> History(string instanceId)
    {
        InstanceRow row = Runtime.Database.Read(read => read.Row(instanceId)) ?? throw NotFound(instanceId);
        List<HistoryRow> rows = Runtime.Database.Read(read => read.WholeHistory(row.Key));
        // A rewound instance's failures may stand before the steps that they belong to; else the step last asked for counts.
        Dictionary<int, HistoryRow> names = rows.Where(NamesStep).DistinctBy(r => r.StepId).ToDictionary(r => r.StepId!.Value);
        var entries = new List<HistoryEntry>(rows.Count);
        foreach (HistoryRow entry in rows)
        {
            if (NamesStep(entry))
            {
                names[entry.StepId!.Value] = entry;
            }

            entries.Add(Entry(entry, entry.CompletesStep ? names.GetValueOrDefault(entry.StepId!.Value) : null));
        }

        return entries;
    }

    private static bool NamesStep(HistoryRow row) => row.IsAction && row.Kind != HistoryKind.TimerCancelled;

    private static HistoryEntry Entry(HistoryRow row, HistoryRow? completes)
    {
        string? payload = row.Kind == HistoryKind.ChildScheduled
            ? JsonSerializer.Deserialize<ChildCall>(row.Payload!, FlowJson.Compact)!.Input
            : row.Payload;
        bool isOutput = row.Kind is HistoryKind.ActivityCompleted or HistoryKind.ChildCompleted or HistoryKind.ExecutionCompleted;
        // The reason that a person gave is kept as it was typed.
        bool isText = row.Kind is HistoryKind.Suspended or HistoryKind.Resumed or HistoryKind.Rewound;
        return new HistoryEntry
        {
            Sequence = row.Sequence,
            At = InstanceColumns.Time(row.At),
            Kind = row.Kind,
            Name = row.Name ?? completes?.Name,
            StepId = row.StepId,
            ChildId = row.Kind == HistoryKind.ChildScheduled ? row.Target : completes?.Target,
            Input = isOutput ? null : isText ? payload : InstanceColumns.Node(payload),
            Output = isOutput ? InstanceColumns.Node(payload) : null,
            Failure = row.Failure,
            DueAt = row.Due is { } due ? InstanceColumns.Time(due) : null,
        };
    }

    /// <summary>An open instance whose version this host lacks says so; it goes on by itself in a host that has it.</summary>
    private InstanceState WithHold(InstanceState state) =>
        state.HasEnded ? state : state with { Failure = Runtime.UnknownOrchestration(state.Orchestration, state.Version) };

    private static (long At, long Key) ReadToken(string token)
    {
        Span<byte> bytes = stackalloc byte[64];
        if (token.Length <= 80 && Convert.TryFromBase64String(token, bytes, out int length))
        {
            string[] parts = Encoding.ASCII.GetString(bytes[..length]).Split(':');
            if (parts.Length == 2 && long.TryParse(parts[0], out long at) && long.TryParse(parts[1], out long key))
            {
                return (at, key);
            }
        }

        throw new FlowException(new Failure(
            FailureKind.InvalidInput, "The continuation token is none that this engine has given", "Use the one of the page before, unchanged", Field: "continuation"));
    }
}
