namespace FineTuneFlow.Core.Reports.Charts;

/// <summary>Shares of each label in each split, as groups of horizontal bars.</summary>
internal static class BarChart
{
    private const double Width = 680;
    private const double Bar = 9;

    /// <param name="id">Unique in the page.</param>
    /// <param name="title">What is shown.</param>
    /// <param name="groups">One a label: its name and a count in each series.</param>
    /// <param name="series">Names of the series.</param>
    public static string Draw(string id, string title, IReadOnlyList<(string Name, IReadOnlyList<long> Counts)> groups, IReadOnlyList<string> series)
    {
        double[] totals = [.. series.Select((_, i) => Math.Max(1.0, groups.Sum(group => (double)group.Counts[i])))];
        double most = groups.Max(group => group.Counts.Select((count, i) => count / totals[i]).Max());
        double rowHeight = (series.Count * Bar) + 10;
        double left = Math.Min(190, 20 + (groups.Max(group => group.Name.Length) * 7.5));
        var svg = new Svg(id, Width, 30 + (groups.Count * rowHeight), title, string.Join("; ", groups.Select(group =>
            $"{group.Name}: {string.Join(", ", series.Select((name, i) => $"{name} {group.Counts[i]:N0}"))}")) + ".");
        for (int i = 0; i < series.Count; i++)
        {
            svg.Rect(left + (i * 130), 4, 12, 10, Style(i));
            svg.Text(left + (i * 130) + 18, 13, series[i], "t small");
        }

        double y = 26;
        foreach ((string name, IReadOnlyList<long> counts) in groups)
        {
            svg.Text(left - 8, y + (series.Count * Bar / 2) + 4, Svg.Short(name, 24), "t", "end");
            for (int i = 0; i < series.Count; i++)
            {
                double share = counts[i] / totals[i];
                double length = (Width - left - 130) * share / Math.Max(most, 1e-12);
                svg.Rect(left, y + (i * Bar), Math.Max(length, 0.5), Bar - 1.5, Style(i), 1, $"{name}, {series[i]}: {counts[i]:N0} rows, {Formatting.Share(share)}");
                if (i == 0)
                {
                    svg.Text(left + length + 6, y + (series.Count * Bar / 2) + 4, $"{counts[0]:N0} ({Formatting.Share(share)})", "t small");
                }
            }

            y += rowHeight;
        }

        return svg.Close();
    }

    private static string Style(int series) => $"bar b{series % 3}";
}
