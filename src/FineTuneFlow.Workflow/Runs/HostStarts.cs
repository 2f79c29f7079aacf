using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>When processes of the host began: a run's timeline marks them, as a restart explains what was done twice.</summary>
public sealed class HostStarts(IBlobStore store, TimeProvider time)
{
    private const int Kept = 200;

    /// <summary>Keeps that a process has begun. Of two at once one may be lost: it is a mark for readers, and nothing depends on it.</summary>
    public async Task RecordAsync(CancellationToken cancellation)
    {
        var known = await store.FindJsonAsync<ImmutableArray<DateTimeOffset>>(RunPaths.HostStarts, cancellation);
        ImmutableArray<DateTimeOffset> starts = [.. (known?.Value ?? []).Append(time.GetUtcNow()).TakeLast(Kept)];
        try
        {
            await store.WriteJsonAsync(
                RunPaths.HostStarts, starts, known is { } old ? WriteCondition.Matches(old.ETag) : WriteCondition.Absent, cancellation);
        }
        catch (FlowException lost) when (lost.Failure.Kind == FailureKind.Conflict)
        {
            // Another process began in the same moment.
        }
    }

    /// <summary>Oldest first.</summary>
    public async Task<ImmutableArray<DateTimeOffset>> ListAsync(CancellationToken cancellation) =>
        (await store.FindJsonAsync<ImmutableArray<DateTimeOffset>>(RunPaths.HostStarts, cancellation))?.Value ?? [];
}
