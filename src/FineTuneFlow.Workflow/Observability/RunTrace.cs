using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace FineTuneFlow.Workflow.Observability;

/// <summary>The trace of a run. Its id follows from the run's id, so that activities on other machines, after a restart, a
/// rewind or a continue-as-new all join one trace without anything being handed along.</summary>
public static class RunTrace
{
    /// <summary>The context under which every span of the run stands: the first 16 bytes of SHA-256 of the run's id are the
    /// trace, the next 8 the common parent.</summary>
    public static ActivityContext Of(string runId)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(runId));
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(hash.AsSpan(0, 16)),
            ActivitySpanId.CreateFromBytes(hash.AsSpan(16, 8)),
            ActivityTraceFlags.Recorded,
            traceState: null,
            isRemote: true);
    }

    /// <summary>Run and candidate that an instance works for: instances are named <c>{runId}</c> or
    /// <c>{runId}:{candidate}:...</c> (see <see cref="Flows"/>).</summary>
    public static (string RunId, string? Candidate) Subject(string instanceId)
    {
        string[] parts = instanceId.Split(':', 3);
        return (parts[0], parts.Length == 3 ? parts[1] : null);
    }

    /// <summary>The 32 hexadecimal digits to search the trace store for.</summary>
    public static string TraceId(string runId) => Of(runId).TraceId.ToHexString();
}
