using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Storage;

/// <summary>How rows of the tables become records.</summary>
internal static class InstanceColumns
{
    public const string Row = "key, id, name, version, status, begun, execution, generation, input, parent, parent_generation, parent_step, updated_at";

    public const string State = """
        i.id, i.name, i.version, i.status, i.created_at, i.updated_at, i.ended_at, p.id, i.input, i.output, i.custom_status, i.failure, i.key
        """;

    public const string History = "sequence, at, kind, step, name, target, payload, failure, due";

    public static InstanceRow ReadRow(Statement row) => new()
    {
        Key = row.Int64(0),
        Id = row.Text(1),
        Name = row.Text(2),
        Version = row.Text(3),
        Status = (InstanceStatus)row.Int32(4),
        Begun = row.Int32(5) != 0,
        Execution = row.Int32(6),
        Generation = row.Int32(7),
        Input = row.Text(8),
        UpdatedAt = row.Int64(12),
        Parent = row.MaybeInt64(9) is { } parent ? new ParentStep(parent, row.Int32(10), row.Int32(11)) : null,
    };

    public static InstanceState ReadState(Statement row) => new()
    {
        InstanceId = row.Text(0),
        Orchestration = row.Text(1),
        Version = row.Text(2),
        Status = (InstanceStatus)row.Int32(3),
        CreatedAt = Time(row.Int64(4)),
        UpdatedAt = Time(row.Int64(5)),
        EndedAt = row.MaybeInt64(6) is { } ended ? Time(ended) : null,
        ParentId = row.MaybeText(7),
        Input = Node(row.MaybeText(8)),
        Output = Node(row.MaybeText(9)),
        CustomStatus = Node(row.MaybeText(10)),
        Failure = Failure(row.MaybeText(11)),
    };

    public static HistoryRow ReadHistory(Statement row) => new()
    {
        Sequence = row.Int32(0),
        At = row.Int64(1),
        Kind = (HistoryKind)row.Int32(2),
        StepId = row.MaybeInt32(3),
        Name = row.MaybeText(4),
        Target = row.MaybeText(5),
        Payload = row.MaybeText(6),
        Failure = Failure(row.MaybeText(7)),
        Due = row.MaybeInt64(8),
    };

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    public static JsonNode? Node(string? json) => json is null ? null : JsonNode.Parse(json);

    public static Failure? Failure(string? json) => json is null ? null : JsonSerializer.Deserialize<Failure>(json, FlowJson.Compact);
}
