using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>Scores and comparisons as plain text for a terminal.</summary>
public static class EvaluationText
{
    /// <summary>One candidate's scores.</summary>
    public static string Of(LabelSet labels, Metrics metrics, ScoringOptions options)
    {
        var text = new StringBuilder();
        text.Append($"{metrics.N:N0} rows, {labels.Names.Length} labels{(labels.Ordered ? ", ordered" : "")}");
        text.Append(labels.Good.IsDefaultOrEmpty ? "" : $", good: {string.Join(", ", labels.Good)}");
        text.Append($"; intervals at {Formatting.Number((1 - options.Alpha) * 100, 0)} %\n\n");
        Score[] known = [.. Enum.GetValues<Score>().Where(score => score.Of(metrics) is not null)];
        Table(text, ["score", "value", "interval"], known.Select(score => (string[])
            [score.Title(), Formatting.Score(score, score.Of(metrics)), Formatting.Range(score, metrics.Intervals.GetValueOrDefault(score.JsonName()))]));
        text.Append($"\nAlways the most frequent label: {Formatting.Share(metrics.MajorityShare)}. ");
        text.Append($"Without a usable answer, counted as wrong: {ScoreColumns.Unanswered(metrics):N0}");
        text.Append($" ({metrics.Missing:N0} missing, {metrics.Unparsable:N0} no label, {metrics.Refused:N0} refused, {metrics.Failed:N0} failed, {metrics.Conflicting:N0} contradicting).\n");
        text.Append(metrics.Unknown > 0 ? $"Left out: {metrics.Unknown:N0} predictions for rows that the holdout does not have.\n" : "");
        text.Append(metrics.Duplicates > 0 ? $"Answered twice: {metrics.Duplicates:N0}.\n" : "");
        text.Append('\n');
        Table(text, ["label", "rows", "predicted", "precision", "recall", "F1"], metrics.Classes.Select(label => (string[])
            [label.Label, Formatting.Count(label.Rows), Formatting.Count(label.Predicted), Formatting.Share(label.Precision), Formatting.Share(label.Recall), Formatting.Share(label.F1)]));
        return text.ToString();
    }

    /// <summary>Several candidates and their paired comparisons.</summary>
    public static string Of(Scorecard card, ScoringOptions options)
    {
        var text = new StringBuilder();
        Score[] known = [.. Enum.GetValues<Score>().Where(score => card.Metrics.Any(metrics => score.Of(metrics) is not null))];
        text.Append($"{card.Metrics[0].N:N0} rows; intervals at {Formatting.Number((1 - options.Alpha) * 100, 0)} %\n\n");
        Table(text, ["score", .. card.Names], known.Select(score => (string[])
        [
            score.Title(),
            .. card.Metrics.Select(metrics => score.Of(metrics) is { } value
                ? $"{Formatting.Score(score, value)} ({Formatting.Range(score, metrics.Intervals.GetValueOrDefault(score.JsonName()))})"
                : Formatting.Absent),
        ]).Append(["unanswered", .. card.Metrics.Select(metrics => Formatting.Count(ScoreColumns.Unanswered(metrics)))]));
        text.Append($"\nPaired on the same rows, first minus second; p corrected by Holm over the pairs of each score\n\n");
        Table(text, ["score", "first", "second", "difference", "interval", "p", "test", "rows needed", "better"], card.Comparisons.Select(pair => (string[])
        [
            pair.Score.Title(),
            pair.First,
            pair.Second,
            Formatting.Difference(pair.Score, pair.Difference),
            Formatting.DifferenceRange(pair.Score, pair.Interval),
            Formatting.P(pair.AdjustedPValue)["p ".Length..].Replace("= ", "", StringComparison.Ordinal),
            pair.Test == ComparisonTest.McNemarExact ? "McNemar, exact" : "bootstrap",
            pair.RequiredRows is { } rows ? Formatting.Rows(rows) : Formatting.Absent,
            pair.AdjustedPValue >= options.Alpha ? "not told apart" : pair.Difference > 0 != pair.Score.LowerIsBetter() ? pair.First : pair.Second,
        ]));
        return text.ToString();
    }

    private static void Table(StringBuilder text, string[] titles, IEnumerable<string[]> rows)
    {
        string[][] all = [titles, .. rows];
        int[] widths = [.. titles.Select((_, column) => all.Max(row => row[column].Length))];
        foreach (string[] row in all)
        {
            // Names to the left, figures to the right.
            text.AppendJoin("  ", row.Select((cell, column) => column == 0 || titles[column] is "first" or "second" or "test" or "better"
                ? cell.PadRight(widths[column])
                : cell.PadLeft(widths[column]))).Append('\n');
        }

        text.Replace(" \n", "\n");
    }
}
