using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>What a job is stamped with, so that it is found again.</summary>
internal static class JobMetadata
{
    public const string Run = "ftf_run";
    public const string Candidate = "ftf_candidate";

    public static ImmutableSortedDictionary<string, string> Of(string runId, string candidate) => OfRun(runId).Add(Candidate, candidate);

    /// <summary>Of one of the batches in which a candidate is asked.</summary>
    public static ImmutableSortedDictionary<string, string> OfPart(BatchPartInput part) =>
        Of(part.RunId, part.Candidate.Name).Add("ftf_part", part.Part.ToString(CultureInfo.InvariantCulture));

    public static ImmutableSortedDictionary<string, string> OfRun(string runId) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(Run, runId);
}
