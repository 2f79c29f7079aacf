using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Finds the column that holds what a model said. Files of other tools often carry the true label too, and scoring that
/// would give every model 100 %, so what is not certain is refused.</summary>
internal static class PredictionColumns
{
    private static readonly HashSet<string> Said = ["prediction", "predictions", "predicted", "pred", "preds", "ypred", "yhat", "output", "outputs"];
    private static readonly HashSet<string> Certainty = ["prob", "probs", "proba", "probability", "probabilities", "score", "scores", "confidence", "logit", "logits", "loss", "p", "id", "time", "tokens", "latency"];
    private static readonly string[] True = ["true_label", "truth", "y_true", "gold", "gold_label", "ground_truth", "expected", "actual", "reference", "label_true"];

    /// <summary>Index of the column.</summary>
    /// <param name="columns">Of the file.</param>
    /// <param name="file">For messages.</param>
    /// <param name="asked">The name that the user gave; null: recognised.</param>
    /// <param name="holdsLabels">Whether nearly all values of a column are labels of the holdout.</param>
    /// <exception cref="FlowException">There is no such column, or more than one that could be meant.</exception>
    public static int Find(ImmutableArray<string> columns, string file, string? asked, Func<int, bool> holdsLabels)
    {
        if (asked is not null)
        {
            int named = columns.IndexOf(asked);
            return named >= 0 ? named : throw Refused($"there is no column \"{asked}\"; the columns are {string.Join(", ", columns.Take(12))}", "Correct --prediction-column", file);
        }

        int[] said = [.. Enumerable.Range(0, columns.Length).Where(i => Speaks(columns[i]))];
        if (said.Length == 1)
        {
            return said[0];
        }

        if (said.Length > 1)
        {
            throw Unclear(columns, said, file);
        }

        int label = Index(columns, "label");
        int[] rivals = [.. Enumerable.Range(0, columns.Length).Where(i => i != label && !True.Any(name => Same(columns[i], name)) && holdsLabels(i))];
        if (label >= 0)
        {
            return rivals.Length == 0 ? label : throw Unclear(columns, [label, .. rivals], file);
        }

        string others = rivals.Length == 0 ? "" : $" ({string.Join(", ", rivals.Select(i => columns[i]))} could be meant)";
        throw Refused(
            $"there is no column with the predicted label; the columns are {string.Join(", ", columns.Take(12))}{others}",
            "Name the column: --prediction-column NAME, or call it prediction",
            file);
    }

    private static bool Speaks(string column)
    {
        List<string> words = ColumnName.Words(column);
        bool said = words.Any(Said.Contains) || (words.Contains("y") && words.Contains("hat"));
        return said && !words.Any(Certainty.Contains);
    }

    private static FlowException Unclear(ImmutableArray<string> columns, int[] candidates, string file) => Refused(
        $"{candidates.Length} columns could hold the predictions: {string.Join(", ", candidates.Select(i => columns[i]))}; scoring the true labels would give 100 %",
        $"Say which it is: --prediction-column {columns[candidates[^1]]}",
        file);

    private static FlowException Refused(string message, string remedy, string file) =>
        new(new Failure(FailureKind.InvalidInput, message, remedy, new SourceLocation(file, 1), Field: "--prediction-column"));

    private static int Index(ImmutableArray<string> columns, string name)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            if (Same(columns[i], name))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool Same(string column, string name) => string.Equals(column.Trim(), name, StringComparison.OrdinalIgnoreCase);
}
