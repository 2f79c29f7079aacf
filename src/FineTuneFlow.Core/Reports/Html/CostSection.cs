namespace FineTuneFlow.Core.Reports.Html;

/// <summary>What the run has cost, and what using the candidates would cost.</summary>
internal static class CostSection
{
    public static void Write(HtmlWriter page, RunReport report)
    {
        page.Heading("Costs", "costs");
        page.Paragraph(
            $"Spent: {Formatting.Usd(report.Costs.SpentUsd)}"
            + (report.Costs.QuotedUsd is { } quoted ? $", quoted at most {Formatting.Usd(quoted)}" : "")
            + $", budget {Formatting.Usd(report.Costs.BudgetUsd)}."
            + (report.Costs.SimulatedUsd > 0 ? $" The simulated work would have cost {Formatting.Usd(report.Costs.SimulatedUsd)} at list price." : ""));
        page.Table(
            "USD by candidate, at list price where simulated.",
            ["candidate", "training|", "evaluation|", "hosting|", "total|", "1,000 predictions|", "1,000 correct|", "latency, median|", "latency, 95 %|"],
            report.Candidates.Select(candidate => (string[])
            [
                candidate.Name + (candidate.Simulated ? "\nsimulated: not paid" : ""),
                Formatting.Usd(candidate.Cost.TrainingUsd),
                Formatting.Usd(candidate.Cost.EvaluationUsd),
                Formatting.Usd(candidate.Cost.HostingUsd),
                Formatting.Usd(candidate.Cost.TotalUsd) + (candidate.Cost.Unpriced ? "\nsome prices unknown" : ""),
                Formatting.Usd(candidate.UsdPerThousand),
                Formatting.Usd(candidate.UsdPerThousandCorrect),
                Formatting.Milliseconds(candidate.Metrics?.Latency?.P50),
                Formatting.Milliseconds(candidate.Metrics?.Latency?.P95),
            ]));
    }
}
