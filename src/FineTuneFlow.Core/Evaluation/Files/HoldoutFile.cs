using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Reads a holdout from CSV or JSONL: columns id, label and, if there, text and slices (a JSON object).</summary>
public static class HoldoutFile
{
    private static readonly string[] LabelNames = ["label", "true_label", "truth", "y_true", "target"];

    /// <param name="name">For messages.</param>
    /// <param name="given">What cells mean a missing label, and the rest of a recipe's label settings.</param>
    /// <exception cref="FlowException">A column is missing or a row has no id or label; names file and line.</exception>
    public static IReadOnlyList<DatasetRow> Read(string name, Func<Stream> open, LabelsRecipe? given = null)
    {
        using var table = new TableRows(name, open);
        int id = table.Need("row id", "id", "row_id");
        int label = table.Need("true label", LabelNames);
        var reader = new LabelReader((given ?? new LabelsRecipe()) with { Order = [] });
        int text = table.Find("text", "review", "content");
        int slices = table.Find("slices");
        var rows = new List<DatasetRow>();
        table.Visit(() =>
        {
            string rowId = table[id].Trim();
            if (rowId.Length == 0)
            {
                throw table.Wrong("the row has no id", "Fill the cell or leave the row out", id);
            }

            if (reader.Read(Encoding.UTF8.GetBytes(table[label]), out string rowLabel, out string why) != RowOutcome.Used)
            {
                throw table.Wrong($"the row has no label to judge by: {why}", "Fill the cell or leave the row out", label);
            }

            rows.Add(new DatasetRow(rowId, table[text], rowLabel, table.Object<string>(slices)));
        });
        return rows;
    }
}
