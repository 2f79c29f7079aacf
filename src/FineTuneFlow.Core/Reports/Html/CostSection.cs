using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Reports.Charts;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>What the run has cost, and what using the candidates would cost.</summary>
internal static class CostSection
{
    private const int MostPairs = 15;

    public static void Write(HtmlWriter page, RunReport report)
    {
        page.Heading("Costs", "costs");
        page.Paragraph(
            $"Spent: {Formatting.Usd(report.Costs.SpentUsd)}"
            + (report.Costs.Reconciliation is { } quoted ? $"; quoted before the run: {Formatting.UsdRange(quoted.QuotedUsd)}" : "")
            + $"; budget: {Formatting.Usd(report.Costs.BudgetUsd)}."
            + (report.Costs.SimulatedUsd > 0 ? $" The simulated work would have cost {Formatting.Usd(report.Costs.SimulatedUsd)} at list price." : "")
            + (report.Costs.PricesAsOf is { } day ? $" Price book of {day:yyyy-MM-dd}." : ""));
        Candidates(page, report);
        Projection(page, report);
        BreakEvens(page, report);
    }

    private static void Candidates(HtmlWriter page, RunReport report)
    {
        bool hosted = report.Candidates.Any(candidate => candidate.Cost.HostingUsd > 0);
        var quoted = (report.Costs.Reconciliation?.Candidates ?? []).ToDictionary(candidate => candidate.Name, StringComparer.Ordinal);
        page.Table(
            "USD by candidate, at list price where simulated. Small beside the total: what was quoted for it.",
            ["candidate", "training|", "evaluation|", .. hosted ? ["hosting|"] : Array.Empty<string>(), "total|", "1,000 predictions|", "1,000 correct|", "answer takes|"],
            report.Candidates.Select(candidate => (string[])
            [
                candidate.Name + (candidate.Simulated ? "\nsimulated: not paid" : ""),
                Formatting.Usd(candidate.Cost.TrainingUsd) + (candidate.Cost.TrainedTokens is { } tokens ? $"\n{Formatting.Count(tokens)} tokens" : ""),
                Formatting.Usd(candidate.Cost.EvaluationUsd) + (candidate.Cost.EvaluationPromptTokens is { } asked ? $"\n{Formatting.Count(asked + (candidate.Cost.EvaluationCompletionTokens ?? 0))} tokens" : ""),
                .. hosted ? [Formatting.Usd(candidate.Cost.HostingUsd) + (candidate.Cost.HostingHours > 0 ? $"\n{Formatting.Duration(TimeSpan.FromHours(candidate.Cost.HostingHours.Value))}" : "")] : Array.Empty<string>(),
                Formatting.Usd(candidate.Cost.TotalUsd) + Adopted(candidate) + Beside(candidate, quoted),
                Formatting.Usd(candidate.UsdPerThousand),
                Formatting.Usd(candidate.UsdPerThousandCorrect),
                candidate.Metrics?.Latency is { } latency ? $"{Formatting.Milliseconds(latency.P50)}\n95 % below {Formatting.Milliseconds(latency.P95)}" : Formatting.Absent,
            ]));
    }

    private static string Adopted(CandidateReport candidate) =>
        candidate.Cost.AdoptedUsd > 0 ? $"\nan earlier run paid {Formatting.Usd(candidate.Cost.AdoptedUsd)}" : "";

    private static string Beside(CandidateReport candidate, Dictionary<string, ReconciledCandidate> quoted)
    {
        if (candidate.Cost.Unpriced)
        {
            return "\nsome prices unknown";
        }

        return quoted.TryGetValue(candidate.Name, out ReconciledCandidate? before) && before.QuotedUsd.High > 0
            ? $"\n{Formatting.UsdRange(before.QuotedUsd)}{(before.Place == QuotePlace.Above ? ", above" : before.Place == QuotePlace.Below ? ", below" : "")}"
            : "";
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
        string[] ranked = [.. report.Candidates.Select(candidate => candidate.Name)];
        BreakEven[] shown = [.. report.Costs.BreakEvens.OrderBy(point => First(point, ranked)).ThenBy(point => Second(point, ranked)).Take(MostPairs)];
        if (shown.Length == 0)
        {
            return;
        }

        page.Table(
            $"Which of two is cheaper by the number of calls over {report.Costs.Projection?.Days[^1].Day ?? 0} days, training included and baselines too.",
            ["pair", "cheaper with fewer calls", "break-even at about|", "cheaper with more calls"],
            shown.Select(point => (string[])
            [
                $"{ranked[First(point, ranked)]}, {ranked[Second(point, ranked)]}",
                point.Calls > 0 ? point.Dear : point.Cheap,
                point.Calls > 0 ? $"{Formatting.Rows(point.Calls)} calls" : "none",
                point.Cheap,
            ]));
    }

    private static int First(BreakEven point, string[] ranked) => Math.Min(Array.IndexOf(ranked, point.Cheap), Array.IndexOf(ranked, point.Dear));

    private static int Second(BreakEven point, string[] ranked) => Math.Max(Array.IndexOf(ranked, point.Cheap), Array.IndexOf(ranked, point.Dear));
}
