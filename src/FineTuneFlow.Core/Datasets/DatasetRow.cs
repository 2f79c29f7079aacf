using System.Collections.Immutable;

namespace FineTuneFlow.Core.Datasets;

/// <summary>One cleaned, labelled text, as it stands in <c>train.jsonl</c>, <c>validation.jsonl</c> and <c>test.jsonl</c>
/// (the holdout). Everything joins by <see cref="Id"/>.</summary>
/// <param name="Id">16 hexadecimal digits of the normalised text's hash (with "-2", "-3"... where conflicting rows are kept):
/// the same text has the same id in every drop.</param>
/// <param name="Text">The cleaned text.</param>
/// <param name="Label">The label after mapping.</param>
/// <param name="Slices">The values of the recipe's slice columns, by column.</param>
public sealed record DatasetRow(string Id, string Text, string Label, ImmutableSortedDictionary<string, string>? Slices = null);
