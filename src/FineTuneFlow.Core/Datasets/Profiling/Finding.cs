using System.Collections.Immutable;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Something about the data that a person should know before money is spent.</summary>
/// <param name="Code">Stable name, such as <c>conflicting-labels</c>; docs/data-preparation.md explains each.</param>
/// <param name="Grade">Necessary: results are wrong or the job fails unless it is dealt with. Advisable: better dealt with.</param>
/// <param name="Count">Rows (or pairs of labels) concerned.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Lines">Physical lines of examples, at most ten.</param>
public sealed record Finding(string Code, FindingGrade Grade, long Count, string Message, string Remedy, ImmutableArray<long> Lines)
{
    /// <summary>The recipe setting that answers the finding. A check shows it; a preparation stops at it, because the file can mean
    /// more than one thing and only its owner knows which. Null: nothing waits for an answer.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>What it looks like in the file. It may hold text, so it is shown by a check and never put into a failure, which goes
    /// into the history of runs.</summary>
    public string? Example { get; init; }
}

public enum FindingGrade { Necessary, Advisable }
