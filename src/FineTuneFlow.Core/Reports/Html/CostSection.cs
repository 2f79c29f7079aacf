using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Reports.Charts;

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
            ["candidate", "training|", "evaluation|", "hosting|", "total|", "1,000 predictions|", "1,000 correct|", "latency, median|", "latency, p95|"],
            report.Candidates.Select(candidate => (string[])
            [
                candidate.Name + (candidate.Simulated ? "\nsimulated: not paid" : ""),
                Formatting.Usd(candidate.Cost.TrainingUsd) + (candidate.Cost.TrainedTokens is { } tokens ? $"\n{Formatting.Count(tokens)} tokens" : ""),
                Formatting.Usd(candidate.Cost.EvaluationUsd),
                Formatting.Usd(candidate.Cost.HostingUsd),
                Formatting.Usd(candidate.Cost.TotalUsd) + (candidate.Cost.Unpriced ? "\nsome prices unknown" : ""),
                Formatting.Usd(candidate.UsdPerThousand),
                Formatting.Usd(candidate.UsdPerThousandCorrect),
                Formatting.Milliseconds(candidate.Metrics?.Latency?.P50),
                Formatting.Milliseconds(candidate.Metrics?.Latency?.P95),
            ]));
        Projection(page, report);
        BreakEvens(page, report);
    }

    private static void Projection(HtmlWriter page, RunReport report)
    {
        if (report.Costs.Projection is not { } projection)
        {
            return;
        }

        (ServiceOption Option, int Index)[] shown = [.. projection.Options.Select((option, i) => (option, i)).Where(entry => projection.Days[^1].SpentUsd[entry.i] > 0).Take(8)];
        if (shown.Length == 0)
        {
            return;
        }

        ProjectedDay last = projection.Days[^1];
        string free = string.Join(", ", projection.Options.Where((_, i) => last.SpentUsd[i] <= 0).Select(option => option.Name));
        page.Figure(
            new LineChart
            {
                Id = "projection",
                Title = "Cost of a service, added up over a year",
                Description = string.Join("; ", shown.Select(entry => $"{entry.Option.Name}: {Formatting.Usd(last.SpentUsd[entry.Index])} after {last.Day} days")) + ".",
                XTitle = "day",
                YTitle = "USD so far (logarithmic)",
                YTick = Axis.Usd,
                Logarithmic = true,
                Lines =
                [
                    .. shown.Select(entry => new ChartLine(
                        entry.Option.Name,
                        [.. projection.Days.Select(day => ((double)day.Day, (double?)day.SpentUsd[entry.Index])).Where(point => point.Item2 > 0)],
                        entry.Index)),
                ],
            }.Draw(),
            $"{Formatting.Count(projection.Volume)} calls on the first day, growing by {Formatting.Share(projection.Growth, 0)} a day; training included, hosting and machines as if they stood all day. "
            + $"After {last.Day} days: {string.Join(", ", shown.OrderBy(entry => last.SpentUsd[entry.Index]).Select(entry => $"{entry.Option.Name} {Formatting.Usd(last.SpentUsd[entry.Index])}"))}."
            + (free.Length > 0 ? $" Without a price: {free}." : ""));
    }

    private static void BreakEvens(HtmlWriter page, RunReport report)
    {
        string? best = report.Candidates.FirstOrDefault(candidate => candidate.Metrics is not null)?.Name;
        BreakEven[] shown = [.. report.Costs.BreakEvens.Where(point => point.Cheap == best || point.Dear == best)];
        if (shown.Length == 0)
        {
            return;
        }

        page.Table(
            $"Break-even of {best} with the others over {report.Costs.Projection?.Days[^1].Day ?? 0} days, training included.",
            ["cheaper with few calls", "up to about|", "cheaper with more"],
            shown.Select(point => (string[])
            [
                point.Calls > 0 ? point.Dear : $"{point.Cheap} (than {point.Dear})", point.Calls > 0 ? $"{Formatting.Rows(point.Calls)} calls" : "any number", point.Calls > 0 ? point.Cheap : Formatting.Absent,
            ]));
    }
}
