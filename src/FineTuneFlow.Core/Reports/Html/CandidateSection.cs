using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports.Charts;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>All candidates in one table, and their scores with intervals.</summary>
internal static class CandidateSection
{
    public static void Write(HtmlWriter page, RunReport report)
    {
        page.Heading("Candidates", "candidates");
        Score[] scores = ScoreColumns.Of(report);
        page.OpenTable("Every candidate on the same rows, the best first. Small: the interval. A row without a usable answer is wrong.")
            .Raw("<thead><tr><th scope=\"col\">candidate</th>");
        foreach (string title in (string[])[.. scores.Select(score => score.Title()), "unanswered", "1,000 predictions"])
        {
            page.Raw("<th scope=\"col\" class=\"n\">").Raw(HtmlWriter.Escape(title)).Raw("</th>");
        }

        page.Raw("</tr></thead><tbody>\n");
        foreach (CandidateReport candidate in report.Candidates)
        {
            Row(page, candidate, scores);
        }

        page.Raw("</tbody>").CloseTable();
        CandidateReport[] scored = [.. report.Candidates.Where(candidate => candidate.Metrics is not null)];
        if (scored.Length == 0)
        {
            return;
        }

        Score[] more = ScoreColumns.More(report);
        page.Table(
            "Further scores; for errors and the Brier score lower is better. Every score is explained under Terms.",
            ["candidate", .. more.Select(score => score.Title() + "|")],
            scored.Select(candidate => (string[])
            [
                candidate.Name,
                .. more.Select(score => score.Of(candidate.Metrics!) is { } value
                    ? $"{Formatting.Score(score, value)}\n{Formatting.Range(score, candidate.Metrics!.Intervals.GetValueOrDefault(score.JsonName()))}"
                    : Formatting.Absent),
            ]));

        page.Raw("<div class=\"grid2 wide\">");
        page.Figure(
            ForestChart.Draw(report, report.Verdict.Score, "forest"),
            $"By {report.Verdict.Score.Title()}, with {Formatting.Number((1 - report.Alpha) * 100, 0)} % intervals. Intervals that overlap may still differ: the paired tests below decide.");
        Score second = report.Verdict.Score == Score.MacroF1 ? Score.Accuracy : Score.MacroF1;
        page.Figure(ForestChart.Draw(report, second, "forest-2"), second == Score.MacroF1
            ? "Macro F1 counts every label alike, however rare it is."
            : "Accuracy counts every row alike.");
        page.Raw("</div>\n");
        page.Figure(
            CostChart.Draw(report, "cost-score"),
            "Up is better, left is cheaper; the bars are the intervals. Prices are those of the evaluation's own tokens; training and hosting come on top.");
    }

    // The seed matters to whoever repeats the run, not to whoever chooses a model: it stands with the provenance.
    private static string Settings(CandidateReport candidate) => string.Join(", ", candidate.Hyperparameters.Where(pair => pair.Key != "seed").Select(pair => pair.Key switch
    {
        "epochs" => $"{pair.Value} {(pair.Value == "1" ? "epoch" : "epochs")}",
        "batchSize" => $"batch size {pair.Value}",
        "learningRateMultiplier" => $"learning rate × {pair.Value}",
        _ => $"{pair.Key} {pair.Value}",
    }));

    private static void Row(HtmlWriter page, CandidateReport candidate, Score[] scores)
    {
        page.Raw("<tr><th scope=\"row\">").Raw(HtmlWriter.Escape(candidate.Name));
        page.Raw(candidate.Simulated ? " <span class=\"simulated\">simulated</span>" : "");
        string[] about =
        [
            candidate.Kind switch
            {
                OutcomeKind.Continuation => $"{candidate.Model}, continued from {candidate.ContinueFrom}",
                OutcomeKind.Prompt => $"{candidate.Model}, prompted, not trained",
                OutcomeKind.LinearBaseline => "baseline: linear model in process",
                OutcomeKind.ContainerBaseline => $"baseline: {candidate.Model}",
                OutcomeKind.Encoder => $"own encoder: {candidate.Model}",
                _ => $"{candidate.Model}, fine-tuned",
            },
            candidate.IsChampion ? "champion" : "",
            Settings(candidate),
        ];
        page.Raw("<span class=\"sub\">").Raw(HtmlWriter.Escape(string.Join("; ", about.Where(part => part.Length > 0)))).Raw("</span></th>");
        if (candidate.Metrics is not { } metrics)
        {
            page.Raw($"<td colspan=\"{scores.Length + 1}\">").Raw(HtmlWriter.Escape($"not evaluated: {candidate.Failure}")).Raw("</td>");
            page.Raw("<td></td></tr>\n");
            return;
        }

        foreach (Score score in scores)
        {
            Figure(Formatting.Score(score, score.Of(metrics)), Formatting.Range(score, metrics.Intervals.GetValueOrDefault(score.JsonName())));
        }

        Figure(Formatting.Count(ScoreColumns.Unanswered(metrics)), "");
        Figure(Formatting.Usd(candidate.UsdPerThousand), "");
        page.Raw("</tr>\n");

        void Figure(string value, string more) => page.Raw("<td class=\"n\">").Raw(HtmlWriter.Escape(value))
            .Raw(more.Length > 0 && value != Formatting.Absent ? $"<span class=\"sub\">{HtmlWriter.Escape(more)}</span>" : "").Raw("</td>");
    }
}
