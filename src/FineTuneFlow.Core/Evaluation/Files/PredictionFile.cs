using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Reads predictions from CSV or JSONL, our own or of another tool: columns id and label, and, if there, probabilities (a
/// JSON object, or a column for each label named <c>p_LABEL</c> or <c>prob_LABEL</c>), error, latencyMs, promptTokens,
/// completionTokens. Columns named prediction, predicted, pred, y_pred or output go before label.</summary>
public static class PredictionFile
{
    private const double NearlyAll = 0.9;
    private static readonly string[] ProbabilityPrefixes = ["p_", "p:", "prob_", "probability_"];

    /// <param name="name">For messages.</param>
    /// <param name="holdout">The labels of the holdout: a column that holds these may be meant.</param>
    /// <param name="given">What cells mean a missing label, and the rest of a recipe's label settings.</param>
    /// <param name="column">The column of the predictions; null: recognised.</param>
    /// <exception cref="FlowException">A column is missing or not certain, or a cell cannot be read; names file and line. Predictions
    /// are joined by id, never by their order.</exception>
    public static IReadOnlyList<Prediction> Read(
        string name, Func<Stream> open, IEnumerable<string>? holdout = null, LabelsRecipe? given = null, string? column = null)
    {
        using var table = new TableRows(name, open);
        int id = table.Need("row id (predictions are joined by it, never by their order)", "id", "row_id");
        var known = (holdout ?? []).Select(label => LabelIdentity.Of(LabelReader.Tidy(label))).ToHashSet(StringComparer.Ordinal);
        int label = PredictionColumns.Find(
            table.Columns, name, column, i => i != id && known.Count > 0 && table.Share(i, cell => known.Contains(LabelIdentity.Of(LabelReader.Tidy(cell)))) >= NearlyAll);
        var reader = new LabelReader((given ?? new LabelsRecipe()) with { Order = [] });
        var cells = new ProbabilityCells();
        int probabilities = table.Find("probabilities", "probs");
        (int Column, string Label)[] columns = probabilities >= 0 ? [] : [.. ProbabilityColumns(table.Columns)];
        int error = table.Find("error");
        int latency = table.Find("latencyMs", "latency_ms");
        int promptTokens = table.Find("promptTokens", "prompt_tokens");
        int completionTokens = table.Find("completionTokens", "completion_tokens");
        int otherMass = table.Find("otherMass");
        var predictions = new List<Prediction>();
        table.Visit(() =>
        {
            string rowId = table[id].Trim();
            if (rowId.Length == 0)
            {
                throw table.Wrong("the prediction has no id", "Give it the id of its row", id);
            }

            string said = reader.Read(Encoding.UTF8.GetBytes(table[label]), out string read, out _) == RowOutcome.Used ? read : "";
            string failed = table[error].Trim();
            ImmutableSortedDictionary<string, double>? chances = columns.Length > 0 ? FromColumns(table, columns) : table.Object<double>(probabilities);
            cells.Look(chances, table);
            predictions.Add(new Prediction
            {
                Id = rowId,
                Label = said.Length == 0 || failed.Length > 0 ? null : said,
                Error = failed.Length > 0
                    ? Enum.TryParse(failed, ignoreCase: true, out PredictionError kind) ? kind : PredictionError.Failed
                    : said.Length == 0 ? PredictionError.Unparsable : null,
                Probabilities = chances,
                OtherMass = Number(table, otherMass),
                LatencyMs = Number(table, latency),
                PromptTokens = (int?)Number(table, promptTokens),
                CompletionTokens = (int?)Number(table, completionTokens),
            });
        });
        return cells.Finish(predictions);
    }

    private static IEnumerable<(int Column, string Label)> ProbabilityColumns(ImmutableArray<string> columns)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            string column = columns[i].Trim();
            string? prefix = ProbabilityPrefixes.FirstOrDefault(prefix => column.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
            if (prefix is not null && column.Length > prefix.Length)
            {
                yield return (i, column[prefix.Length..]);
            }
        }
    }

    private static ImmutableSortedDictionary<string, double>? FromColumns(TableRows table, (int Column, string Label)[] columns)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach ((int column, string label) in columns)
        {
            if (Number(table, column) is { } value)
            {
                values[label] = value;
            }
        }

        return values.Count > 0 ? values.ToImmutable() : null;
    }

    private static double? Number(TableRows table, int column)
    {
        string cell = table[column].Trim();
        if (cell.Length == 0 || cell == "null")
        {
            return null;
        }

        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw table.Wrong($"\"{cell}\" is not a number", "Write it with a decimal point", column);
    }
}
