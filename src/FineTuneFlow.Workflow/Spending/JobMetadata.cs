using System.Collections.Immutable;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>What a job is stamped with, so that it is found again.</summary>
internal static class JobMetadata
{
    public static ImmutableSortedDictionary<string, string> Of(string runId, string candidate) => OfRun(runId).Add("ftf_candidate", candidate);

    public static ImmutableSortedDictionary<string, string> OfRun(string runId) =>
        ImmutableSortedDictionary<string, string>.Empty.Add("ftf_run", runId);
}
