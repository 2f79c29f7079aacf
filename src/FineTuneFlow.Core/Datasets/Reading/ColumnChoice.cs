using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Profiling;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>The columns taken for text or label.</summary>
/// <param name="Columns">Empty where none can be told.</param>
/// <param name="Reason">Why, for a person, with the runner-up.</param>
/// <param name="Question">What must be answered, where others could be meant as well.</param>
internal sealed record ColumnChoice(ImmutableArray<string> Columns, string Reason, Finding? Question = null);
