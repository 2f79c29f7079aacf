using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports.Charts;

/// <summary>The verdict's score against the price of 1,000 predictions.</summary>
internal static class CostChart
{
    private const double Width = 680;
    private const double Height = 330;
    private const double Left = 62;
    private const double Bottom = 280;
    private const double FreeWidth = 80;

    public static string Draw(RunReport report, string id)
    {
        Score score = report.Verdict.Score;
        (CandidateReport Candidate, int Series)[] shown =
        [
            .. report.Candidates.Where(candidate => candidate.Metrics is not null).Select((candidate, i) => (candidate, i)),
        ];
        bool anyPriced = shown.Any(entry => entry.Candidate.UsdPerThousand > 0);
        bool anyFree = shown.Any(entry => !(entry.Candidate.UsdPerThousand > 0));
        double start = anyFree && anyPriced ? Left + FreeWidth : Left;
        var svg = new Svg(id, Width, Height, $"Price of 1,000 predictions against {score.Title()}", Describe(shown, score));
        var across = Axis.Logarithmic(shown.Select(entry => entry.Candidate.UsdPerThousand ?? 0), start + 20, Width - 90);
        var up = Axis.Linear(shown.SelectMany(entry => Values(entry.Candidate, score)), Bottom, 18, 5, score == Score.QuadraticKappa ? -1 : 0, score.IsShare() ? 1 : double.PositiveInfinity);
        foreach (double tick in up.Ticks)
        {
            svg.Line(Left, up[tick], Width - 10, up[tick], "grid");
            svg.Text(Left - 6, up[tick] + 4, score.IsShare() ? Axis.PerCent(tick) : Axis.Plain(tick), "t small", "end");
        }

        foreach (double tick in anyPriced ? across.Ticks : [])
        {
            svg.Line(across[tick], 18, across[tick], Bottom, "grid");
            svg.Text(across[tick], Bottom + 16, Axis.Usd(tick), "t small", "middle");
        }

        if (anyFree)
        {
            svg.Text(Left + (FreeWidth / 2), Bottom + 16, "no price", "t small", "middle");
        }

        svg.Text(Width / 2, Height - 8, anyPriced ? "price of 1,000 predictions (logarithmic)" : "no candidate has a price by the prediction", "t small", "middle");
        var taken = new List<(double X, double Y)>();
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
            bool right = x < Width - 190;
            double labelY = FreePlace(taken, x, y + 4);
            // Beside the whole group of one price, not across a neighbour's interval.
            double edge = right ? places.Where(other => Math.Abs(other - x) < 40).Max() + 10 : places.Where(other => Math.Abs(other - x) < 40).Min() - 10;
            svg.Text(edge, labelY, Svg.Short(candidate.Name, 20) + (candidate.Simulated ? " (simulated)" : ""), "t", right ? "start" : "end");
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

    // The nearest height at which a label does not cover another one.
    private static double FreePlace(List<(double X, double Y)> taken, double x, double y)
    {
        double place = y;
        for (int attempt = 1; attempt < 20 && taken.Any(other => Math.Abs(other.X - x) < 170 && Math.Abs(other.Y - place) < 13); attempt++)
        {
            place = y + ((attempt % 2 == 0 ? -1 : 1) * ((attempt + 1) / 2) * 13);
        }

        taken.Add((x, place));
        return place;
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
