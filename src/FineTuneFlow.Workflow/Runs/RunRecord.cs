using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary><c>run.json</c>: the audit record of a run, which outlives the engine's history.</summary>
public sealed record RunRecord
{
    public int Version { get; init; } = 1;
    /// <summary>How often the record had been written, this time counted: a later one is never replaced by an earlier one.</summary>
    public int Revision { get; init; }
    public required string RunId { get; init; }
    public required string Project { get; init; }
    public required BlobRef Drop { get; init; }
    public required BlobRef Recipe { get; init; }
    public required string Trigger { get; init; }
    /// <summary>The runs that it repeats and adopts from, the last one first; none of a first run, or one that was asked to make all anew.</summary>
    public ImmutableArray<string> Repeats { get; init; } = [];
    public required RunOutcome Outcome { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public ImmutableArray<StageTime> Stages { get; init; } = [];
    public ImmutableArray<string> Notes { get; init; } = [];
    public QuoteSummary? Quote { get; init; }
    public ApprovalRecord? Approval { get; init; }
    public ImmutableArray<CandidateRecord> Candidates { get; init; } = [];
    /// <summary>USD really spent (0 on the simulator), to be set beside the quote.</summary>
    public double SpentUsd { get; init; }
    /// <summary>Quoted and actual cost by candidate, once they are compared.</summary>
    public Reconciliation? Reconciliation { get; init; }
    public string? Verdict { get; init; }
    /// <summary>The verdict in a few words.</summary>
    public string? Headline { get; init; }
    public string? Promoted { get; init; }
    public BlobRef? Report { get; init; }
    public Failure? Failure { get; init; }
}

/// <summary>Where a candidate stands, in the record and in the custom status.</summary>
public sealed record CandidateRecord
{
    public required string Name { get; init; }
    public required OutcomeKind Kind { get; init; }
    public required CandidateState State { get; init; }
    public string? Provider { get; init; }
    public string? Model { get; init; }
    public string? JobId { get; init; }
    public string? TunedModel { get; init; }
    public double? Accuracy { get; init; }
    public double? CostUsd { get; init; }
    /// <summary>USD for 1,000 answers, as the evaluation paid them; null: free, or no price is known.</summary>
    public double? UsdPerThousand { get; init; }
    /// <summary>The figures are list prices of simulated work; nothing was paid.</summary>
    public bool Simulated { get; init; }
    public Failure? Failure { get; init; }
}

public enum CandidateState { Waiting, Training, Evaluating, Judged, Failed }

/// <param name="LowUsd">Total, lower estimate.</param>
/// <param name="LikelyUsd">Total, likely.</param>
/// <param name="HighUsd">Total, upper estimate.</param>
/// <param name="HighByCandidate">Upper estimate by candidate: what the budget reserves.</param>
/// <param name="NeedsApproval">Above the recipe's limit, or a price is not known. List prices of simulated work count, so that
/// approval and budget can be rehearsed.</param>
/// <param name="PayableUsd">Upper estimate of what would really be paid: without simulated candidates.</param>
/// <param name="AskingByCandidate">Upper estimate by candidate of what comes after its training: evaluation and deployment.</param>
public sealed record QuoteSummary(
    double LowUsd,
    double LikelyUsd,
    double HighUsd,
    ImmutableSortedDictionary<string, double> HighByCandidate,
    bool NeedsApproval,
    double PayableUsd,
    ImmutableSortedDictionary<string, double> AskingByCandidate);

/// <param name="Approved">Or rejected.</param>
/// <param name="By">Who, as given by the caller.</param>
public sealed record ApprovalRecord(bool Approved, string? By, DateTimeOffset At, string? Comment);
