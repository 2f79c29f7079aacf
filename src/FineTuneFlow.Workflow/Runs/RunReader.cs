using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Where runs stand: the engine's state, the custom statuses of a run and of what works for it, and run.json once the
/// engine has forgotten.</summary>
public sealed class RunReader(IDurableClient client, IBlobStore store)
{
    private const int MostKept = 2000;

    /// <summary>What is tried again, by instance and the time of its last change: a page asks every other second, and a history is read
    /// again only when there is something new in it.</summary>
    private readonly ConcurrentDictionary<string, (DateTimeOffset UpdatedAt, string? Retry)> _retries = new(StringComparer.Ordinal);

    /// <exception cref="FlowException">NotFound.</exception>
    public async Task<RunView> GetAsync(string runId, CancellationToken cancellation)
    {
        InstanceState? state = await client.GetAsync(runId, cancellation);
        RunRecord? record = (await store.FindJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation))?.Value;
        if (state is null && record is null)
        {
            throw new FlowException(FailureKind.NotFound, $"There is no run {runId}", "List the runs to find its id");
        }

        RunView view = View(runId, state, record);
        if (state is not { HasEnded: false })
        {
            return view;
        }

        (CandidateProgress? Progress, bool Retrying)[] working = await Task.WhenAll(view.Candidates.Select(c => ProgressOf(runId, c.Record, cancellation)));
        string? retry = await RetryOf(state, cancellation);
        return view with
        {
            Stage = retry is null ? view.Stage : $"{view.Stage}; {retry}",
            IsRetrying = retry is not null || working.Any(one => one.Retrying),
            Candidates = [.. view.Candidates.Zip(working, (candidate, one) => candidate with { Progress = one.Progress })],
        };
    }

    /// <summary>Runs, newest first.</summary>
    public async Task<(ImmutableArray<RunView> Runs, string? Continuation)> ListAsync(InstanceQuery query, CancellationToken cancellation)
    {
        InstancePage page = await client.QueryAsync(query with { Orchestration = Flows.FineTuneRun.Name }, cancellation);
        return ([.. page.Instances.Select(i => View(i.InstanceId, i, null))], page.Continuation);
    }

    private async Task<(CandidateProgress? Progress, bool Retrying)> ProgressOf(string runId, CandidateRecord candidate, CancellationToken cancellation)
    {
        string[] workers = candidate.State switch
        {
            CandidateState.Training when candidate.Provider is null => [Flows.BaselineId(runId, candidate.Name)],
            CandidateState.Training => [Flows.MonitorId(runId, candidate.Name), Flows.TrainId(runId, candidate.Name)],
            CandidateState.Evaluating => [Flows.EvaluateId(runId, candidate.Name)],
            _ => [],
        };
        foreach (string worker in workers)
        {
            if (await client.GetAsync(worker, cancellation) is not { HasEnded: false } state)
            {
                continue;
            }

            if (await RetryOf(state, cancellation) is { } retry)
            {
                return (new CandidateProgress(retry, null, null), true);
            }

            if (state.CustomStatus is { } status)
            {
                return (status.Deserialize<CandidateProgress>(FlowJson.Compact), false);
            }
        }

        return (null, false);
    }

    /// <summary>What a person would otherwise take for standing still: a step that failed and waits to be tried again.</summary>
    private async Task<string?> RetryOf(InstanceState state, CancellationToken cancellation)
    {
        if (_retries.TryGetValue(state.InstanceId, out (DateTimeOffset UpdatedAt, string? Retry) known) && known.UpdatedAt == state.UpdatedAt)
        {
            return known.Retry;
        }

        string? retry = RetryIn(await client.GetHistoryAsync(state.InstanceId, cancellation));
        if (_retries.Count >= MostKept)
        {
            _retries.Clear();
        }

        _retries[state.InstanceId] = (state.UpdatedAt, retry);
        return retry;
    }

    private static string? RetryIn(IReadOnlyList<HistoryEntry> history)
    {
        HistoryEntry? failed = null;
        foreach (HistoryEntry entry in history)
        {
            if (entry.Kind == HistoryKind.ActivityFailed)
            {
                failed = entry;
            }
            else if (entry.Kind == HistoryKind.ActivityScheduled && entry.Name == failed?.Name)
            {
                failed = null;
            }
        }

        // Of a failure that is not tried again the run ends in a moment, and says so itself.
        return failed?.Failure is { } failure && !LongWaits.IsLong(failure) && (failure.IsRetryable || failure.Kind == FailureKind.Internal)
            ? $"{failed.Name} is tried again: {failure}"
            : null;
    }

    private static RunView View(string runId, InstanceState? state, RunRecord? record)
    {
        RunStatus? status = state?.CustomStatus is { } json ? json.Deserialize<RunStatus>(FlowJson.Compact) : null;
        RunResult? result = state is { Status: InstanceStatus.Completed, Output: JsonNode output } ? output.Deserialize<RunResult>(FlowJson.Compact) : null;
        bool ended = state?.HasEnded ?? true;
        bool suspended = state?.Status == InstanceStatus.Suspended;
        string stage = StageWords.Of(status?.Stage ?? (ended ? RunStage.Done : RunStage.Starting)) + (status?.Waits is { } waits ? $": {waits}" : "");
        return new RunView
        {
            RunId = runId,
            Project = record?.Project ?? status?.Project ?? ProjectOf(runId),
            Status = state?.Status,
            Outcome = ended ? record?.Outcome is { } known and not RunOutcome.Running ? known : result?.Outcome ?? OutcomeOf(state) : RunOutcome.Running,
            // Whatever it waited with before, nothing happens until it is resumed.
            Stage = suspended ? $"suspended (was {stage})" : stage,
            StartedAt = record?.StartedAt ?? state!.CreatedAt,
            EndedAt = ended ? record?.EndedAt ?? state?.EndedAt : null,
            Quote = status?.Quote ?? record?.Quote,
            NeedsApproval = status is { Stage: RunStage.WaitingForApproval } && !ended && !suspended,
            SpentUsd = status?.SpentUsd ?? record?.SpentUsd ?? 0,
            Candidates = [.. (status?.CandidatesOf(record) ?? record?.Candidates ?? []).Select(c => new CandidateView(WithJob(c, record), null))],
            Notes = record?.Notes ?? [],
            Verdict = record?.Verdict ?? result?.Verdict,
            Headline = record?.Headline ?? result?.Headline,
            Promoted = record?.Promoted ?? result?.Promoted,
            HasReport = record?.Report is not null || result?.Report is not null,
            Approval = record?.Approval,
            Failure = state?.Failure ?? record?.Failure,
            Drop = record?.Drop,
        };
    }

    /// <summary>The record knows a job as soon as it exists; the status only when the job has ended.</summary>
    private static CandidateRecord WithJob(CandidateRecord candidate, RunRecord? record) => candidate.JobId is not null || record is null
        ? candidate
        : candidate with { JobId = record.Candidates.FirstOrDefault(c => c.Name == candidate.Name)?.JobId };

    private static RunOutcome OutcomeOf(InstanceState? state) => state?.Status switch
    {
        InstanceStatus.Terminated => RunOutcome.Cancelled,
        InstanceStatus.Completed => RunOutcome.Succeeded,
        InstanceStatus.Failed when state.Failure is { } failure => FineTuneRun.OutcomeOf(failure),
        _ => RunOutcome.Failed,
    };

    private static string ProjectOf(string runId) =>
        runId.LastIndexOf('-') is var dash and > 0 && ProjectName.IsValid(runId[..dash]) ? runId[..dash] : runId;
}
