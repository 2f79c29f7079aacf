using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports.Charts;

/// <summary>One score of all candidates with its intervals, one under the other.</summary>
internal static class ForestChart
{
    private const double RowHeight = 34;
    private const double Left = 132;
    private const double Width = 460;

    public static string Draw(RunReport report, Score score, string id)
    {
        CandidateReport[] shown = [.. report.Candidates.Where(candidate => candidate.Metrics is not null && score.Of(candidate.Metrics) is not null)];
        double height = 44 + (shown.Length * RowHeight) + 20;
        var svg = new Svg(id, Width, height, $"{Capital(score.Title())} with intervals", Describe(shown, score, report));
        double? chance = score == Score.Accuracy ? shown[0].Metrics!.MajorityShare : null;
        double[] values =
        [
            .. shown.Select(candidate => score.Of(candidate.Metrics!)!.Value),
            .. shown.SelectMany(candidate => Bounds(candidate, score)),
        ];
        // The chance line is drawn where it is near; far below it would press all intervals into a corner.
        double spread = values.Max() - values.Min();
        bool chanceShown = chance is { } share && values.Min() - share < Math.Max(0.15, 2 * spread);
        var axis = Axis.Linear(chanceShown ? values.Append(chance!.Value) : values, Left, Width - 110, 5, score == Score.QuadraticKappa ? -1 : 0, score.IsShare() ? 1 : double.PositiveInfinity);
        double bottom = height - 30;
        foreach (double tick in axis.Ticks)
        {
            svg.Line(axis[tick], 14, axis[tick], bottom, "grid");
            svg.Text(axis[tick], bottom + 16, score.IsShare() ? Axis.PerCent(tick) : Axis.Plain(tick), "t small", "middle");
        }

        if (chanceShown)
        {
            svg.Line(axis[chance!.Value], 14, axis[chance.Value], bottom, "reference");
            svg.Text(axis[chance.Value] + 4, 11, "most frequent label", "t small");
        }

        for (int i = 0; i < shown.Length; i++)
        {
            Row(svg, shown[i], score, axis, 14 + ((i + 0.5) * RowHeight), i);
        }

        return svg.Close();
    }

    private static void Row(Svg svg, CandidateReport candidate, Score score, Axis axis, double y, int series)
    {
        double value = score.Of(candidate.Metrics!)!.Value;
        string note = string.Join(", ", new[] { candidate.IsChampion ? "champion" : "", candidate.Simulated ? "simulated" : "" }.Where(word => word.Length > 0));
        svg.Text(Left - 12, note.Length > 0 ? y - 1 : y + 4, Svg.Short(candidate.Name, 17), "t strong", "end");
        if (note.Length > 0)
        {
            svg.Text(Left - 12, y + 12, note, "t small", "end");
        }

        Interval? interval = candidate.Metrics!.Intervals.GetValueOrDefault(score.JsonName());
        if (interval is not null)
        {
            svg.Whisker(axis[interval.Low], y, axis[interval.High], y, series);
        }

        svg.Marker(axis[value], y, series, 5.5, $"{candidate.Name}: {Formatting.Score(score, value)} ({Formatting.Range(score, interval)})");
        svg.Text(svg.Width - 98, y - 1, Formatting.Score(score, value), "t strong");
        svg.Text(svg.Width - 98, y + 12, Formatting.Range(score, interval), "t small");
    }

    private static IEnumerable<double> Bounds(CandidateReport candidate, Score score) =>
        candidate.Metrics!.Intervals.TryGetValue(score.JsonName(), out Interval? interval) ? [interval.Low, interval.High] : [];

    private static string Describe(CandidateReport[] shown, Score score, RunReport report) =>
        string.Join("; ", shown.Select(candidate =>
            $"{candidate.Name} {Formatting.Score(score, score.Of(candidate.Metrics!))}, {Formatting.Number((1 - report.Alpha) * 100, 0)} % interval "
            + Formatting.Range(score, candidate.Metrics!.Intervals.GetValueOrDefault(score.JsonName())))) + ".";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
