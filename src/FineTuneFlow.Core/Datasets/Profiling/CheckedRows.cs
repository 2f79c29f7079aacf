using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Texts and labels of a sample of the rows that a check has read: all rows of a small file.</summary>
/// <param name="All">Of every split, each once, in a shuffled order.</param>
/// <param name="Train">Those of the training split, as often as they would be written.</param>
/// <param name="Test">Those of the holdout.</param>
public sealed record CheckedRows(ImmutableArray<CheckedRow> All, ImmutableArray<CheckedRow> Train, ImmutableArray<CheckedRow> Test)
{
    internal static CheckedRows Of(ArrangedTable arranged, RowSample sample)
    {
        var source = arranged.Source;
        var drawn = sample.Rows.Where(row => source.Rows[row.Row].Outcome == RowOutcome.Used).ToDictionary(
            row => row.Row, row => new CheckedRow(JsonText.Unescape(row.Text), source.Labels[source.Rows[row.Row].Label], source.Rows[row.Row].Tokens));
        return new CheckedRows([.. drawn.Values], [.. Of(Split.Train)], [.. Of(Split.Test)]);

        IEnumerable<CheckedRow> Of(Split split) => arranged.Order[(int)split].Where(drawn.ContainsKey).Select(row => drawn[row]);
    }
}

/// <param name="Text">As cleaned.</param>
/// <param name="Label">As in the file.</param>
/// <param name="Tokens">Its share of the profile's likely tokens, in whole tokens as these are summed up.</param>
public sealed record CheckedRow(string Text, string Label, int Tokens);
