using System.Collections.Immutable;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>The columns that are read as text and label, and why.</summary>
/// <param name="Text">Joined in this order.</param>
/// <param name="TextReason">Why, for a person.</param>
/// <param name="Label">The label's column.</param>
/// <param name="LabelReason">Why, for a person.</param>
public sealed record RecognisedColumns(ImmutableArray<string> Text, string TextReason, string Label, string LabelReason);
