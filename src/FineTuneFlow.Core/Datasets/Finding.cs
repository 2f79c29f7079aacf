using System.Collections.Immutable;

namespace FineTuneFlow.Core.Datasets;

/// <summary>Something about the data that a person should know before money is spent.</summary>
/// <param name="Code">Stable name, such as <c>conflicting-labels</c>; docs/data-preparation.md explains each.</param>
/// <param name="Grade">Necessary: results are wrong or the job fails unless it is dealt with. Advisable: better dealt with.</param>
/// <param name="Count">Rows (or pairs of labels) concerned.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="Lines">Physical lines of examples, at most ten.</param>
public sealed record Finding(string Code, FindingGrade Grade, long Count, string Message, string Remedy, ImmutableArray<long> Lines);

public enum FindingGrade { Necessary, Advisable }
