using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>A run as it is shown.</summary>
public sealed record RunView
{
    public required string RunId { get; init; }
    public required string Project { get; init; }
    /// <summary>The engine's word; null when it has forgotten the run, whose record stands.</summary>
    public InstanceStatus? Status { get; init; }
    public required RunOutcome Outcome { get; init; }
    /// <summary>In words (<see cref="StageWords"/>), with what is waited for, for a person.</summary>
    public required string Stage { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public QuoteSummary? Quote { get; init; }
    public bool NeedsApproval { get; init; }
    /// <summary>The answer that the quote was given; null: none, or not read (lists leave it out).</summary>
    public ApprovalRecord? Approval { get; init; }
    /// <summary>A step has failed and waits to be tried again; told of a single run, and where runs are listed by it.</summary>
    public bool IsRetrying { get; init; }
    public double SpentUsd { get; init; }
    public ImmutableArray<CandidateView> Candidates { get; init; } = [];
    public ImmutableArray<string> Notes { get; init; } = [];
    public string? Verdict { get; init; }
    /// <summary>The verdict in a few words: "Use linear: 73.3 %".</summary>
    public string? Headline { get; init; }
    public string? Promoted { get; init; }
    public bool HasReport { get; init; }
    public Failure? Failure { get; init; }
    public BlobRef? Drop { get; init; }
}

/// <param name="Record">Where the candidate stands.</param>
/// <param name="Progress">Steps of its job, or chunks of its evaluation, while it works.</param>
public sealed record CandidateView(CandidateRecord Record, CandidateProgress? Progress);
