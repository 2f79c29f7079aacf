using System.Collections.Immutable;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Durable;

public enum InstanceStatus { Pending, Running, Suspended, Completed, Failed, Terminated }

/// <summary>What an engine knows of an instance.</summary>
public sealed record InstanceState
{
    public required string InstanceId { get; init; }
    public required string Orchestration { get; init; }
    public required string Version { get; init; }
    public required InstanceStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? ParentId { get; init; }
    public JsonNode? Input { get; init; }
    public JsonNode? Output { get; init; }
    public JsonNode? CustomStatus { get; init; }
    public Failure? Failure { get; init; }

    public bool HasEnded => Status is InstanceStatus.Completed or InstanceStatus.Failed or InstanceStatus.Terminated;
}

/// <summary>Which instances a query gives; newest first. Null: no such condition.</summary>
public sealed record InstanceQuery
{
    public string? Orchestration { get; init; }
    public ImmutableArray<InstanceStatus> Statuses { get; init; } = [];
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    /// <summary>Ids begin with this; a project's runs are <c>{project}-...</c>.</summary>
    public string? IdPrefix { get; init; }
    /// <summary>The custom status, as JSON text, contains this.</summary>
    public string? CustomStatusContains { get; init; }
    /// <summary>Of completed instances only those whose output is an object with this as its <c>outcome</c>; it says nothing of the others.</summary>
    public string? Outcome { get; init; }
    /// <summary>Without those that another orchestration has started.</summary>
    public bool RootsOnly { get; init; } = true;
    /// <summary>1 to 1,000.</summary>
    public int PageSize { get; init; } = 50;
    /// <summary>From the page before.</summary>
    public string? Continuation { get; init; }
}

/// <param name="Instances">At most the asked number.</param>
/// <param name="Continuation">Null on the last page.</param>
public sealed record InstancePage(IReadOnlyList<InstanceState> Instances, string? Continuation);

/// <summary>One recorded event of an instance.</summary>
public sealed record HistoryEntry
{
    /// <summary>From 1 within one execution.</summary>
    public required int Sequence { get; init; }
    public required DateTimeOffset At { get; init; }
    public required HistoryKind Kind { get; init; }
    /// <summary>Name of the activity, sub-orchestration or event.</summary>
    public string? Name { get; init; }
    /// <summary>Ties a completion to what it completes.</summary>
    public int? StepId { get; init; }
    /// <summary>Sub-orchestrations: the child's id.</summary>
    public string? ChildId { get; init; }
    public JsonNode? Input { get; init; }
    public JsonNode? Output { get; init; }
    public Failure? Failure { get; init; }
    /// <summary>Timers: when it fires.</summary>
    public DateTimeOffset? DueAt { get; init; }
}

public enum HistoryKind
{
    ExecutionStarted,
    ActivityScheduled,
    ActivityCompleted,
    ActivityFailed,
    ChildScheduled,
    ChildCompleted,
    ChildFailed,
    TimerCreated,
    TimerFired,
    TimerCancelled,
    EventReceived,
    EventSent,
    ContinuedAsNew,
    Suspended,
    Resumed,
    Rewound,
    ExecutionCompleted,
    ExecutionFailed,
    ExecutionTerminated,
}
