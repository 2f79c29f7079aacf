using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Reads a holdout from CSV or JSONL: columns id, label and, if there, text and slices (a JSON object).</summary>
public static class HoldoutFile
{
    /// <exception cref="FlowException">A column is missing or a row has no id or label; names file and line.</exception>
    public static IReadOnlyList<DatasetRow> Read(string name, Func<Stream> open)
    {
        using var table = new TableRows(name, open);
        int id = table.Need("row id", "id", "row_id");
        int label = table.Need("true label", "label", "true_label", "truth", "y_true", "target");
        int text = table.Find("text", "review", "content");
        int slices = table.Find("slices");
        var rows = new List<DatasetRow>();
        table.Visit(() =>
        {
            string rowId = table[id].Trim();
            string rowLabel = table[label].Trim();
            if (rowId.Length == 0 || rowLabel.Length == 0)
            {
                throw table.Wrong(rowId.Length == 0 ? "the row has no id" : "the row has no label", "Fill the cell or leave the row out", rowId.Length == 0 ? id : label);
            }

            rows.Add(new DatasetRow(rowId, table[text], rowLabel, table.Object<string>(slices)));
        });
        return rows;
    }
}
