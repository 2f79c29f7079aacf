using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports.Charts;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>Confusion, reliability, classes and slices.</summary>
internal static class DetailSection
{
    private const int MostMatrices = 6;
    private const int MostClasses = 30;

    public static void Write(HtmlWriter page, RunReport report)
    {
        CandidateReport[] scored = [.. report.Candidates.Where(candidate => candidate.Metrics is not null)];
        if (scored.Length == 0)
        {
            return;
        }

        page.Heading("Labels and slices", "labels");
        if (report.Labels.Names.Length <= ConfusionChart.MostLabels)
        {
            page.SubHeading("Confusion matrices");
            page.Paragraph("Rows are the true labels, columns the predictions; figures are rows of the holdout, the shade is the share of the true label's rows.", "note");
            page.Raw("<div class=\"grid2\">");
            for (int i = 0; i < Math.Min(MostMatrices, scored.Length); i++)
            {
                page.Figure(ConfusionChart.Draw(scored[i], report.Labels.Names, $"confusion-{i}"), Caption(scored[i]));
            }

            page.Raw("</div>\n");
        }
        else
        {
            Confusions(page, scored[0], report.Labels.Names);
        }

        Reliability(page, scored);
        Classes(page, scored[0]);
        Slices(page, scored);
    }

    private static void Confusions(HtmlWriter page, CandidateReport best, ImmutableArray<string> labels)
    {
        page.SubHeading("Most frequent confusions");
        var confusion = best.Metrics!.Confusion;
        var pairs =
            from truth in Enumerable.Range(0, labels.Length)
            let rows = confusion[truth].Sum()
            from predicted in Enumerable.Range(0, labels.Length + 1)
            where predicted != truth && confusion[truth][predicted] > 0
            orderby confusion[truth][predicted] descending, truth, predicted
            select (string[])
            [
                labels[truth], predicted < labels.Length ? labels[predicted] : "no answer", Formatting.Count(confusion[truth][predicted]),
                Formatting.Count(rows), Formatting.Share(confusion[truth][predicted] / (double)rows),
            ];
        page.Table(
            $"{best.Name}: with {labels.Length} labels a matrix cannot be read; these are its largest wrong cells. All cells are in report.json.",
            ["true label", "predicted", "rows|", "of|", "share|"],
            pairs.Take(20));
    }

    private static void Reliability(HtmlWriter page, CandidateReport[] scored)
    {
        (CandidateReport Candidate, int Series)[] shown =
            [.. scored.Select((candidate, i) => (candidate, i)).Where(entry => !entry.candidate.Metrics!.Reliability.IsDefaultOrEmpty).Take(MostMatrices)];
        if (shown.Length == 0)
        {
            return;
        }

        page.SubHeading("Are the probabilities to be believed?");
        page.Paragraph("A point on the dashed line means that predictions stated with 80 % are right in 80 % of the cases; below it the model is too sure of itself.", "note");
        page.Raw("<div class=\"grid2\">");
        foreach ((CandidateReport candidate, int series) in shown)
        {
            Metrics metrics = candidate.Metrics!;
            page.Figure(
                ReliabilityChart.Draw(candidate, series, $"reliability-{series}"),
                $"{Caption(candidate)}: expected calibration error {Formatting.Number(metrics.ExpectedCalibrationError)}, log loss {Formatting.Number(metrics.LogLoss)}, "
                + $"Brier score {Formatting.Number(metrics.BrierScore)}{(metrics.OtherMass is { } other ? $"; {Formatting.Share(other)} of the probability went to other than labels" : "")}.");
        }

        page.Raw("</div>\n");
    }

    private static void Classes(HtmlWriter page, CandidateReport best)
    {
        page.SubHeading($"Labels, by {best.Name}");
        ImmutableArray<ClassMetrics> classes = best.Metrics!.Classes;
        // Many labels: the weak ones are what a reader looks for.
        IEnumerable<ClassMetrics> shown = classes.Length > ConfusionChart.MostLabels ? classes.OrderBy(label => label.F1) : classes;
        page.Table(
            classes.Length > MostClasses
                ? $"The {MostClasses} weakest of {classes.Length} labels; all are in report.json. Small: the interval."
                : classes.Length > ConfusionChart.MostLabels ? "The weakest labels first. Small: the interval." : "Small: the interval.",
            ["label", "rows|", "predicted|", "precision|", "recall|", "F1|"],
            shown.Take(MostClasses).Select(label => (string[])
            [
                label.Label, Formatting.Count(label.Rows), Formatting.Count(label.Predicted), Cell(label.Precision, label.PrecisionInterval),
                Cell(label.Recall, label.RecallInterval), Cell(label.F1, label.F1Interval),
            ]));
    }

    private static void Slices(HtmlWriter page, CandidateReport[] scored)
    {
        Metrics best = scored[0].Metrics!;
        // A slice that is the whole holdout tells nothing new.
        (SliceMetrics Slice, int Place)[] parts = [.. best.Slices.Select((slice, i) => (slice, i)).Where(part => part.slice.Rows < best.N)];
        if (parts.Length == 0)
        {
            return;
        }

        page.SubHeading("Slices");
        CandidateReport[] shown = [.. scored.Take(4)];
        page.Table(
            "Accuracy on parts of the holdout, of the best candidates. Small slices have wide intervals: do not read them as a ranking. The other scores by slice are in report.json.",
            ["slice", "rows|", .. shown.Select(candidate => candidate.Name + "|")],
            parts.Select(part => (string[])
            [
                $"{(part.Slice.Value.Length == 0 ? "(empty)" : part.Slice.Value)}\n{part.Slice.Column}",
                Formatting.Count(part.Slice.Rows),
                .. shown.Select(candidate => candidate.Metrics!.Slices[part.Place]).Select(slice => Cell(slice.Accuracy, slice.Intervals[Score.Accuracy.JsonName()])),
            ]));
    }

    private static string Caption(CandidateReport candidate) => candidate.Name + (candidate.Simulated ? " (simulated)" : "");

    private static string Cell(double value, Interval? interval) =>
        interval is null ? Formatting.Absent : $"{Formatting.Share(value)}\n{Formatting.Range(Score.Accuracy, interval)}";
}
