using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>The verdict, the figures behind it, and what to know before trusting them.</summary>
internal static class SummarySection
{
    public static void Write(HtmlWriter page, RunReport report)
    {
        page.Raw("<header><h1>").Raw(HtmlWriter.Escape($"{report.Project}: which model to use")).Raw("</h1>\n");
        page.Paragraph(
            $"Run {report.RunId}, {report.StartedAt:yyyy-MM-dd HH:mm} to {report.EndedAt:yyyy-MM-dd HH:mm} UTC. Judged on {report.HoldoutRows:N0} "
            + $"{(report.Sampled ? "rows drawn from the holdout" : "holdout rows")} that no training ever saw; all intervals are {Formatting.Number((1 - report.Alpha) * 100, 0)} %.",
            "meta");
        Verdict(page, report.Verdict);
        string[] simulated = [.. report.Candidates.Where(candidate => candidate.Simulated).Select(candidate => candidate.Name)];
        if (simulated.Length > 0)
        {
            page.Raw("<p class=\"banner\"><strong>Simulated.</strong> ").Raw(HtmlWriter.Escape(
                $"{string.Join(", ", simulated)} {(simulated.Length == 1 ? "was" : "were")} trained and asked on the simulator: the scores are those of its small classifier, "
                + "not of the model whose name it bears, and the prices are list prices for the same work, which nobody has paid.")).Raw("</p>\n");
        }

        Facts(page, report);
        page.Raw("</header>\n<nav aria-label=\"Contents\">");
        foreach ((string id, string title) in new[]
        {
            ("candidates", "Candidates"), ("comparison", "Comparison"), ("labels", "Labels and slices"), ("training", "Training"),
            ("costs", "Costs"), ("data", "Data"), ("rows", "Rows to look at"), ("terms", "Terms"), ("provenance", "Provenance"),
        })
        {
            page.Raw($"<a href=\"#{id}\">{title}</a>");
        }

        page.Raw("</nav>\n");
        Findings(page, report);
    }

    private static void Verdict(HtmlWriter page, Verdict verdict)
    {
        (string style, string word) = verdict.Decision switch
        {
            VerdictKind.Promote => ("promote", $"✓ Use {verdict.Candidate}"),
            VerdictKind.Keep => ("keep", "■ Keep"),
            _ => ("unsure", "? Not enough data"),
        };
        page.Raw($"<section class=\"verdict {style}\" aria-label=\"Verdict\"><span class=\"word\">").Raw(HtmlWriter.Escape(word)).Raw("</span>");
        page.Paragraph(verdict.Sentence);
        if (!verdict.Notes.IsDefaultOrEmpty)
        {
            page.Raw("<ul>");
            foreach (string note in verdict.Notes)
            {
                page.Raw("<li>").Raw(HtmlWriter.Prose(note)).Raw("</li>");
            }

            page.Raw("</ul>");
        }

        page.Raw("</section>\n");
    }

    private static void Facts(HtmlWriter page, RunReport report)
    {
        page.Raw("<div class=\"facts\">");
        CandidateReport[] scored = [.. report.Candidates.Where(candidate => candidate.Metrics is not null)];
        // What the verdict is about: another may score higher and cost more.
        if ((scored.FirstOrDefault(candidate => candidate.Name == report.Verdict.Candidate) ?? scored.FirstOrDefault()) is { } best)
        {
            Metrics metrics = best.Metrics!;
            Fact(best.Name == report.Verdict.Candidate ? "to use" : $"best by {report.Verdict.Score.Title()}", best.Name, best.Model + (best.Simulated ? " (simulated)" : ""));
            Fact("its accuracy", Formatting.Share(metrics.Accuracy), Formatting.Range(Score.Accuracy, metrics.Intervals[Score.Accuracy.JsonName()]));
            Fact("most frequent label", Formatting.Share(metrics.MajorityShare), "accuracy of always answering it");
            Fact(
                "1,000 predictions of it",
                best.UsdPerThousand is null ? "no price" : Formatting.Usd(best.UsdPerThousand),
                best.UsdPerThousandCorrect is { } correct ? $"{Formatting.Usd(correct)} for 1,000 correct" : "");
        }

        Fact(
            "spent by the run",
            Formatting.Usd(report.Costs.SpentUsd),
            report.Costs.SimulatedUsd > 0 ? $"list price of the simulated work {Formatting.Usd(report.Costs.SimulatedUsd)}" : report.Costs.Reconciliation is { } quoted ? $"quoted: {Formatting.UsdRange(quoted.QuotedUsd)}" : "");
        page.Raw("</div>\n");

        void Fact(string key, string value, string more) => page.Raw("<div><span class=\"k\">").Raw(HtmlWriter.Escape(key)).Raw("</span><br><span class=\"v\">")
            .Raw(HtmlWriter.Escape(value)).Raw("</span><br><span class=\"s\">").Raw(HtmlWriter.Escape(more)).Raw("</span></div>");
    }

    private static void Findings(HtmlWriter page, RunReport report)
    {
        if (report.Findings.IsDefaultOrEmpty)
        {
            return;
        }

        page.Heading("Findings", "findings");
        page.Raw("<ul class=\"findings\">\n");
        // The banner above says it already.
        foreach (Remark finding in report.Findings.Where(finding => finding.Code != RemarksBuilder.Simulated).OrderByDescending(finding => finding.Level))
        {
            bool warning = finding.Level == RemarkLevel.Warning;
            page.Raw(warning ? "<li class=\"warning\"><b>Warning</b>" : "<li><b>Note</b>").Raw(HtmlWriter.Prose(finding.Message)).Raw("</li>\n");
        }

        page.Raw("</ul>\n");
    }
}
