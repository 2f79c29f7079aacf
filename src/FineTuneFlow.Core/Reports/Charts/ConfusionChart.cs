using System.Collections.Immutable;
using System.Globalization;

namespace FineTuneFlow.Core.Reports.Charts;

/// <summary>A confusion matrix: each row is a true label, shaded by the share of its rows and with the count in the cell.</summary>
internal static class ConfusionChart
{
    /// <summary>With more labels cells become too small to carry figures.</summary>
    public const int MostLabels = 12;

    public static string Draw(CandidateReport candidate, ImmutableArray<string> labels, string id)
    {
        ImmutableArray<ImmutableArray<int>> confusion = candidate.Metrics!.Confusion;
        bool unanswered = confusion.Any(row => row[^1] > 0);
        int columns = labels.Length + (unanswered ? 1 : 0);
        double cell = labels.Length <= 6 ? 50 : 38;
        int most = labels.Max(label => label.Length);
        double left = Math.Min(150, 26 + (most * 7.2)) + 16;
        bool slanted = most > cell / 8;
        double top = slanted ? 26 + Math.Min(90, most * 5.2) : 44;
        double width = left + (columns * cell) + (slanted ? 60 : 12);
        double height = top + (labels.Length * cell) + 8;
        var svg = new Svg(id, width, height, $"Confusion matrix of {candidate.Name}", Describe(confusion, labels));
        svg.Text(left + (columns * cell / 2), 12, "predicted", "t small", "middle");
        svg.Text(6, top - 8, "true", "t small");
        for (int column = 0; column < columns; column++)
        {
            string name = column < labels.Length ? labels[column] : "none";
            double x = left + ((column + 0.5) * cell);
            svg.Text(x, top - 8, slanted ? Svg.Short(name, 9) : name, slanted ? "t tiny" : "t", "middle");
        }

        for (int row = 0; row < labels.Length; row++)
        {
            int total = confusion[row].Sum();
            svg.Text(left - 8, top + ((row + 0.5) * cell) + 4, Svg.Short(labels[row], 19), "t", "end");
            for (int column = 0; column < columns; column++)
            {
                int count = confusion[row][column];
                double share = total == 0 ? 0 : count / (double)total;
                (double x, double y) = (left + (column * cell), top + (row * cell));
                string tip = $"{labels[row]} predicted as {(column < labels.Length ? labels[column] : "nothing")}: {count:N0} of {total:N0}";
                svg.Rect(x, y, cell - 2, cell - 2, "cell");
                svg.Rect(x, y, cell - 2, cell - 2, row == column ? "cell hit" : "cell miss", share, tip);
                svg.Text(x + (cell / 2) - 1, y + (cell / 2) + 4, count == 0 ? "·" : Compact(count), $"t{(row == column ? " strong" : "")}{Ink(share, row == column)}", "middle");
            }
        }

        return svg.Close();
    }

    // On a dark page the shades grow lighter, so figures must turn dark sooner than they turn light on a white one.
    private static string Ink(double share, bool hit) => share > 0.85 && hit ? " invert" : share > 0.75 ? " middle" : "";

    private static string Compact(int count) =>
        count < 10_000 ? count.ToString(CultureInfo.InvariantCulture) : (count / 1000.0).ToString("0.#", CultureInfo.InvariantCulture) + "k";

    private static string Describe(ImmutableArray<ImmutableArray<int>> confusion, ImmutableArray<string> labels) =>
        string.Join("; ", labels.Select((label, row) =>
        {
            int total = confusion[row].Sum();
            return $"of {total:N0} rows labelled {label}, {confusion[row][row]:N0} were predicted so";
        })) + ".";
}
