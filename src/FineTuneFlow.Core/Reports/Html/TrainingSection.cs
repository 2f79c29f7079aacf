using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports.Charts;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>Training curves of every job.</summary>
internal static class TrainingSection
{
    public static void Write(HtmlWriter page, RunReport report)
    {
        CandidateReport[] trained = [.. report.Candidates.Where(candidate => candidate.Curve is not null)];
        page.Heading("Training", "training");
        if (trained.Length == 0)
        {
            page.Paragraph("No job of this run has reported a training curve.");
            return;
        }

        page.Paragraph(
            "A job's own accuracy is not the accuracy of the task. It is taken over tokens, and hidden ones that are always right count as well as the label: a one-token label "
            + "starts at about two thirds. Use these curves to see whether training has settled, and the holdout for everything else.",
            "banner");
        page.Raw("<div class=\"grid2 wide\">");
        for (int i = 0; i < trained.Length; i++)
        {
            Loss(page, trained[i], i);
        }

        page.Raw("</div>\n");
        Checkpoints(page, report);
    }

    private static void Checkpoints(HtmlWriter page, RunReport report)
    {
        foreach (CandidateReport candidate in report.Candidates.Where(candidate => candidate.Checkpoints.Length > 1))
        {
            bool judged = candidate.Checkpoints.Count(one => one.HoldoutAccuracy is not null) > 1;
            page.Table(
                $"{candidate.Name}: the job's checkpoints. The one that was best on the validation split is the candidate in every other table; its accuracy there is somewhat too high, as it was chosen by it. "
                + $"{(judged ? "On the holdout the others are shown to be looked at, and were not chosen from." : "The holdout has seen the chosen one only.")}",
                CheckpointColumns(judged),
                candidate.Checkpoints.Select(one => CheckpointCells(one, judged)));
        }
    }

    internal static string[] CheckpointColumns(bool judged) =>
        ["checkpoint", "step|", "validation loss|", "right on validation|", "interval|", .. judged ? ["right on holdout|"] : Array.Empty<string>(), "chosen"];

    internal static string[] CheckpointCells(CheckpointReport one, bool judged) =>
    [
        $"{one.Number}",
        Formatting.Count(one.Step),
        Formatting.Number(one.ValidLoss),
        one.Accuracy is { } right ? Formatting.Share(right) : Unasked(one),
        one.Interval is null ? Formatting.Absent : Formatting.Range(Score.Accuracy, one.Interval),
        .. judged ? [one.HoldoutAccuracy is { } held ? Formatting.Share(held) : Unasked(one)] : Array.Empty<string>(),
        one.Chosen ? "yes" : "",
    ];

    private static string Unasked(CheckpointReport one) => one.Refusal is null ? Formatting.Absent : "could not be asked";

    private static void Loss(HtmlWriter page, CandidateReport candidate, int index)
    {
        CurveReport curve = candidate.Curve!;
        CurvePoint last = curve.Points[^1];
        bool losses = curve.Points.Any(point => point.Raw.TrainLoss is not null || point.Raw.ValidLoss is not null);
        if (losses)
        {
            page.Figure(
                Draw(candidate, $"loss-{index}", "loss", "Loss", point => point.TrainLoss, point => point.ValidLoss, double.PositiveInfinity),
                $"{candidate.Name}{(candidate.Simulated ? " (simulated)" : "")}: loss over {curve.Steps:N0} steps"
                + $"{(candidate.TrainingTime is { } time ? $" in {Formatting.Duration(time)}" : "")}. Pale: as reported; thick: moving average over about {curve.SmoothingSpan:0} steps."
                + (curve.Checkpoints.IsEmpty ? "" : " Dotted: where the service kept a checkpoint.")
                + $" Diagnosis: {curve.Diagnosis.Words}.");
        }

        if (curve.Points.Any(point => point.Raw.TrainAccuracy is not null || point.Raw.ValidAccuracy is not null))
        {
            page.Figure(
                Draw(candidate, $"token-accuracy-{index}", "token accuracy", "Token accuracy", point => point.TrainAccuracy, point => point.ValidAccuracy, 1),
                $"{candidate.Name}: token accuracy of the job, at the end {Formatting.Share(last.Smooth.TrainAccuracy)}; its accuracy on the holdout is {Formatting.Share(candidate.Metrics?.Accuracy)}.");
        }
    }

    private static string Draw(
        CandidateReport candidate, string id, string yTitle, string what, Func<CurveValues, double?> train, Func<CurveValues, double?> valid, double most)
    {
        CurveReport curve = candidate.Curve!;
        var lines = new List<ChartLine>();
        Add(train, "training", 0);
        Add(valid, "validation", 1);
        return new LineChart
        {
            Id = id,
            Width = 460,
            Height = 250,
            Title = $"{what} of {candidate.Name}",
            Description = string.Join("; ", lines.Where(line => line.Name is not null).Select(line =>
            {
                (double X, double? Y)[] known = [.. line.Points.Where(point => point.Y is not null)];
                string Shown(double? value) => double.IsFinite(most) ? Formatting.Share(value) : Formatting.Number(value);
                return $"{line.Name}: {Shown(known[0].Y)} at step {known[0].X:N0}, {Shown(known[^1].Y)} at step {known[^1].X:N0}";
            })) + ".",
            XTitle = "step",
            YTitle = yTitle,
            Lines = lines,
            Least = 0,
            Most = most,
            YTick = double.IsFinite(most) ? Axis.PerCent : Axis.Plain,
            Marks = [.. curve.Checkpoints.OrderBy(mark => mark.Step).Select((mark, i) => ((double)mark.Step, $"{i + 1}"))],
        }.Draw();

        void Add(Func<CurveValues, double?> value, string name, int series)
        {
            if (curve.Points.Any(point => value(point.Raw) is not null))
            {
                lines.Add(new ChartLine(null, [.. curve.Points.Select(point => ((double)point.Step, value(point.Raw))).Where(point => point.Item2 is not null)], series, Faint: true));
                lines.Add(new ChartLine(name, [.. curve.Points.Select(point => ((double)point.Step, value(point.Smooth))).Where(point => point.Item2 is not null)], series));
            }
        }
    }
}
