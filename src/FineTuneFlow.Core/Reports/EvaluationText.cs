using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports.Text;

namespace FineTuneFlow.Core.Reports;

/// <summary>Scores and comparisons as plain text for a terminal.</summary>
public static class EvaluationText
{
    private const int MostLabels = 40;

    /// <summary>One candidate's scores, by label and by slice.</summary>
    public static string Of(LabelSet labels, Metrics metrics, ScoringOptions options)
    {
        var text = new StringBuilder();
        text.Append($"{Formatting.Counted(metrics.N, "row")}, {Formatting.Counted(labels.Names.Length, "label")}{(labels.Ordered ? $" in order {string.Join(" < ", labels.Names)}" : "")}");
        text.Append(labels.Good.IsDefaultOrEmpty ? "" : $", good: {string.Join(", ", labels.Good)}");
        text.Append($"; in brackets {Formatting.Number((1 - options.Alpha) * 100, 0)} % intervals\n\n");
        Score[] known = [.. Enum.GetValues<Score>().Where(score => score.Of(metrics) is not null)];
        new AlignedTable(["score", "value|", "interval|", ""]).Add(known.Select(score => (string[])
        [
            score.Title(), Formatting.Score(score, score.Of(metrics)), Formatting.Range(score, metrics.Intervals.GetValueOrDefault(score.JsonName())),
            score.LowerIsBetter() ? "lower is better" : "",
        ])).WritePlain(text);
        text.Append($"\nAlways the most frequent label: {Formatting.Share(metrics.MajorityShare)}. ");
        text.Append($"Without a usable answer, counted as wrong: {Unanswered(metrics)}.\n");
        text.Append(metrics.Unknown > 0 ? $"Left out: {Formatting.Counted(metrics.Unknown, "prediction")} for rows that the holdout does not have.\n" : "");
        text.Append(metrics.Duplicates > 0 ? $"Answered twice: {Formatting.Counted(metrics.Duplicates, "row")}.\n" : "");
        text.Append(metrics.ProbabilityRows > 0 && metrics.ProbabilityRows < metrics.N ? $"Log loss, Brier score and calibration are over the {Formatting.Counted(metrics.ProbabilityRows, "row")} with probabilities.\n" : "");
        Classes(text, metrics);
        Slices(text, metrics);
        return text.ToString();
    }

    /// <summary>Several candidates and their paired comparisons.</summary>
    public static string Of(Scorecard card, ScoringOptions options)
    {
        var text = new StringBuilder();
        Score[] known = [.. Enum.GetValues<Score>().Where(score => card.Metrics.Any(metrics => score.Of(metrics) is not null))];
        text.Append($"{Formatting.Counted(card.Metrics[0].N, "row")}; in brackets {Formatting.Number((1 - options.Alpha) * 100, 0)} % intervals\n\n");
        new AlignedTable(["score", .. card.Names.Select(name => name + "|")])
            .Add(known.Select(score => (string[])
            [
                score.Title(),
                .. card.Metrics.Select(metrics => Formatting.ScoreWithRange(score, score.Of(metrics), metrics.Intervals.GetValueOrDefault(score.JsonName()))),
            ]))
            .Add([["unanswered", .. card.Metrics.Select(metrics => Formatting.Count(ScoreColumns.Unanswered(metrics)))]])
            .WritePlain(text);
        foreach (int i in Enumerable.Range(0, card.Names.Length).Where(i => ScoreColumns.Unanswered(card.Metrics[i]) > 0))
        {
            text.Append($"{card.Names[i]} without a usable answer, counted as wrong: {Unanswered(card.Metrics[i])}.\n");
        }

        text.Append("\nPaired on the same rows, first minus second; p corrected by Holm over the pairs of each score.\nRows needed: for a difference of this size, if it is the true one, to be found four times in five.\n\n");
        new AlignedTable(["score", "first", "second", "difference|", "interval|", "p|", "test", "rows needed|", "better"]).Add(card.Comparisons.Select(pair => (string[])
        [
            pair.Score.Title(),
            pair.First,
            pair.Second,
            Formatting.Difference(pair.Score, pair.Difference),
            Formatting.DifferenceRange(pair.Score, pair.Interval),
            Formatting.PValue(pair.AdjustedPValue),
            pair.Test == ComparisonTest.McNemarExact ? "McNemar, exact" : "bootstrap",
            pair.RequiredRows is { } rows ? Formatting.Rows(rows) : Formatting.Absent,
            pair.AdjustedPValue >= options.Alpha ? "not told apart" : pair.Difference > 0 != pair.Score.LowerIsBetter() ? pair.First : pair.Second,
        ])).WritePlain(text);
        return text.ToString();
    }

    private static void Classes(StringBuilder text, Metrics metrics)
    {
        bool many = metrics.Classes.Length > MostLabels;
        text.Append(many ? $"\nThe {MostLabels} weakest of {metrics.Classes.Length} labels; --json has them all\n" : "\n");
        IEnumerable<ClassMetrics> shown = many ? metrics.Classes.OrderBy(label => label.F1).Take(MostLabels) : metrics.Classes;
        new AlignedTable(["label", "rows|", "predicted|", "precision|", "recall|", "F1|"]).Add(shown.Select(label => (string[])
        [
            label.Label,
            Formatting.Count(label.Rows),
            Formatting.Count(label.Predicted),
            label.PrecisionInterval is null ? Formatting.Absent : Formatting.ScoreWithRange(Score.Accuracy, label.Precision, label.PrecisionInterval),
            label.RecallInterval is null ? Formatting.Absent : Formatting.ScoreWithRange(Score.Accuracy, label.Recall, label.RecallInterval),
            label.F1Interval is null ? Formatting.Absent : Formatting.ScoreWithRange(Score.Accuracy, label.F1, label.F1Interval),
        ])).WritePlain(text);
    }

    // A single slice is the whole holdout: nothing to tell.
    private static void Slices(StringBuilder text, Metrics metrics)
    {
        SliceMetrics[] parts = [.. metrics.Slices.Where(slice => slice.Rows < metrics.N)];
        if (parts.Length == 0)
        {
            return;
        }

        text.Append('\n');
        new AlignedTable(["slice", "value", "rows|", "accuracy|", "macro F1|"]).Add(parts.Select(slice => (string[])
        [
            slice.Column,
            slice.Value.Length == 0 ? "(empty)" : slice.Value,
            Formatting.Count(slice.Rows),
            Formatting.ScoreWithRange(Score.Accuracy, slice.Accuracy, slice.Intervals.GetValueOrDefault(Score.Accuracy.JsonName())),
            Formatting.ScoreWithRange(Score.MacroF1, slice.MacroF1, slice.Intervals.GetValueOrDefault(Score.MacroF1.JsonName())),
        ])).WritePlain(text);
    }

    private static string Unanswered(Metrics metrics)
    {
        int all = ScoreColumns.Unanswered(metrics);
        (int Count, string Kind)[] kinds =
        [
            (metrics.Missing, "missing"), (metrics.Unparsable, "no label"), (metrics.Refused, "refused"), (metrics.Failed, "failed"), (metrics.Conflicting, "answered twice and differently"),
        ];
        return all == 0 ? "none" : $"{all:N0} ({string.Join(", ", kinds.Where(kind => kind.Count > 0).Select(kind => $"{kind.Count:N0} {kind.Kind}"))})";
    }
}
