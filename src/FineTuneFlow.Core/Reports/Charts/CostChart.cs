using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports.Charts;

/// <summary>The verdict's score against the price of 1,000 predictions.</summary>
internal static class CostChart
{
    private const double Width = 680;
    private const double LeastHeight = 330;
    private const double Left = 62;
    private const double Below = 50;
    private const double FreeWidth = 80;
    private const double Legend = 200;

    public static string Draw(RunReport report, string id)
    {
        Score score = report.Verdict.Score;
        (CandidateReport Candidate, int Series)[] shown =
        [
            .. report.Candidates.Where(candidate => candidate.Metrics is not null).Select((candidate, i) => (candidate, i)),
        ];
        double height = Math.Max(LeastHeight, 40 + (shown.Length * 20));
        double bottom = height - Below;
        bool anyPriced = shown.Any(entry => entry.Candidate.UsdPerThousand > 0);
        bool anyFree = shown.Any(entry => !(entry.Candidate.UsdPerThousand > 0));
        double start = anyFree && anyPriced ? Left + FreeWidth : Left;
        var svg = new Svg(id, Width, height, $"Price of 1,000 predictions against {score.Title()}", Describe(shown, score));
        var across = Axis.Logarithmic(shown.Select(entry => entry.Candidate.UsdPerThousand ?? 0), start + 20, Width - Legend - 24);
        var up = Axis.Linear(shown.SelectMany(entry => Values(entry.Candidate, score)), bottom, 18, 5, score == Score.QuadraticKappa ? -1 : 0, score.IsShare() ? 1 : double.PositiveInfinity);
        foreach (double tick in up.Ticks)
        {
            svg.Line(Left, up[tick], Width - Legend, up[tick], "grid");
            svg.Text(Left - 6, up[tick] + 4, score.IsShare() ? Axis.PerCent(tick) : Axis.Plain(tick), "t small", "end");
        }

        foreach (double tick in anyPriced ? across.Ticks : [])
        {
            svg.Line(across[tick], 18, across[tick], bottom, "grid");
            svg.Text(across[tick], bottom + 16, Axis.Usd(tick), "t small", "middle");
        }

        if (anyFree)
        {
            svg.Text(Left + (FreeWidth / 2), bottom + 16, "no price", "t small", "middle");
        }

        svg.Text(Left - 6, 10, score.Title(), "t small");
        svg.Text((Left + Width - Legend) / 2, height - 8, anyPriced ? "price of 1,000 predictions (logarithmic)" : "no candidate has a price by the prediction", "t small", "middle");
        var columns = new List<double>();
        double[] places = [.. shown.Select(entry => FreeColumn(columns, entry.Candidate.UsdPerThousand > 0 ? across[entry.Candidate.UsdPerThousand.Value] : Left + (FreeWidth / 2)))];
        foreach ((CandidateReport candidate, int series) in shown)
        {
            double x = places[series];
            double y = up[score.Of(candidate.Metrics!)!.Value];
            if (candidate.Metrics!.Intervals.TryGetValue(score.JsonName(), out Interval? interval))
            {
                svg.Whisker(x, up[interval.Low], x, up[interval.High], series);
            }

            svg.Marker(x, y, series, 6, $"{candidate.Name}: {Formatting.Score(score, score.Of(candidate.Metrics!))} for {Formatting.Usd(candidate.UsdPerThousand)}");
            // Names beside the points would cover each other's intervals: candidates of one run score and cost much alike.
            double line = 28 + (series * 20);
            svg.Marker(Width - Legend + 16, line - 4, series, 5);
            svg.Text(Width - Legend + 28, line, Svg.Short(candidate.Name, candidate.Simulated ? 14 : 24) + (candidate.Simulated ? " (simulated)" : ""), "t");
        }

        return svg.Close();
    }

    // Candidates of the same price stand side by side, so that their intervals can be told apart.
    private static double FreeColumn(List<double> columns, double x)
    {
        while (columns.Any(other => Math.Abs(other - x) < 9))
        {
            x += 9;
        }

        columns.Add(x);
        return x;
    }

    private static IEnumerable<double> Values(CandidateReport candidate, Score score)
    {
        yield return score.Of(candidate.Metrics!) ?? 0;
        if (candidate.Metrics!.Intervals.TryGetValue(score.JsonName(), out Interval? interval))
        {
            yield return interval.Low;
            yield return interval.High;
        }
    }

    private static string Describe((CandidateReport Candidate, int Series)[] shown, Score score) =>
        string.Join("; ", shown.Select(entry =>
            $"{entry.Candidate.Name}: {Formatting.Score(score, score.Of(entry.Candidate.Metrics!))} at {Formatting.Usd(entry.Candidate.UsdPerThousand)}")) + ".";
}
