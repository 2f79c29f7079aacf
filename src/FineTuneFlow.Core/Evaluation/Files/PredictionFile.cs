using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Reads predictions from CSV or JSONL, our own or of another tool: columns id and label, and, if there, probabilities (a
/// JSON object, or a column for each label named <c>p_LABEL</c> or <c>prob_LABEL</c>), error, latencyMs, promptTokens,
/// completionTokens.</summary>
public static class PredictionFile
{
    private static readonly string[] ProbabilityPrefixes = ["p_", "p:", "prob_", "probability_"];

    /// <exception cref="FlowException">A column is missing or a cell cannot be read; names file and line. Predictions are joined by
    /// id, never by their order.</exception>
    public static IReadOnlyList<Prediction> Read(string name, Func<Stream> open)
    {
        using var table = new TableRows(name, open);
        int id = table.Need("row id (predictions are joined by it, never by their order)", "id", "row_id");
        int label = table.Need("predicted label", "label", "prediction", "predicted", "predicted_label", "y_pred");
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

            string said = table[label].Trim();
            string failed = table[error].Trim();
            predictions.Add(new Prediction
            {
                Id = rowId,
                Label = said.Length == 0 || failed.Length > 0 ? null : said,
                Error = failed.Length > 0
                    ? Enum.TryParse(failed, ignoreCase: true, out PredictionError kind) ? kind : PredictionError.Failed
                    : said.Length == 0 ? PredictionError.Unparsable : null,
                Probabilities = columns.Length > 0 ? FromColumns(table, columns) : table.Object<double>(probabilities),
                OtherMass = Number(table, otherMass),
                LatencyMs = Number(table, latency),
                PromptTokens = (int?)Number(table, promptTokens),
                CompletionTokens = (int?)Number(table, completionTokens),
            });
        });
        return predictions;
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
            : throw table.Wrong($"\"{cell}\" is no number", "Write it with a decimal point", column);
    }
}
