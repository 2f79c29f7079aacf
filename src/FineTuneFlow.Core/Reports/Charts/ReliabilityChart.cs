using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports.Charts;

/// <summary>How often predictions of a stated probability are right, with the share of predictions in each bin below.</summary>
internal static class ReliabilityChart
{
    private const double Left = 48;
    private const double Size = 230;
    private const double Top = 12;
    private const double BarsTop = Top + Size + 10;
    private const double BarsHeight = 44;

    public static string Draw(CandidateReport candidate, int series, string id)
    {
        Metrics metrics = candidate.Metrics!;
        ImmutableArray<ReliabilityBin> bins = metrics.Reliability;
        var svg = new Svg(
            id,
            Left + Size + 20,
            BarsTop + BarsHeight + 40,
            $"Reliability of {candidate.Name}",
            string.Join("; ", bins.Select(bin => $"probability {Formatting.Share(bin.Confidence, 0)}: right in {Formatting.Share(bin.Accuracy, 0)} of {bin.Rows:N0}")) + ".");
        double X(double value) => Left + (value * Size);
        double Y(double value) => Top + ((1 - value) * Size);
        foreach (double tick in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            svg.Line(X(tick), Top, X(tick), Top + Size, "grid");
            svg.Line(Left, Y(tick), Left + Size, Y(tick), "grid");
            svg.Text(Left - 6, Y(tick) + 4, Axis.Plain(tick * 100), "t small", "end");
            svg.Text(X(tick), BarsTop + BarsHeight + 14, Axis.Plain(tick * 100), "t small", "middle");
        }

        svg.Line(X(0), Y(0), X(1), Y(1), "reference");
        svg.Text(X(0.02), Y(0.95), "right, %", "t small");
        svg.Text(X(0.5), BarsTop + BarsHeight + 30, "stated probability, %", "t small", "middle");
        int most = bins.Max(bin => bin.Rows);
        foreach (ReliabilityBin bin in bins)
        {
            svg.Whisker(X(bin.Confidence), Y(bin.Interval.Low), X(bin.Confidence), Y(bin.Interval.High), series);
            double bar = BarsHeight * bin.Rows / most;
            svg.Rect(X(bin.From) + 1, BarsTop + BarsHeight - bar, ((bin.To - bin.From) * Size) - 2, bar, $"fill s{series % 8}", 0.45, $"{bin.Rows:N0} predictions");
        }

        svg.Series(bins.Select(bin => (X(bin.Confidence), (double?)Y(bin.Accuracy))), series);
        foreach (ReliabilityBin bin in bins)
        {
            svg.Marker(X(bin.Confidence), Y(bin.Accuracy), series, 4, $"stated {Formatting.Share(bin.Confidence)}, right {Formatting.Share(bin.Accuracy)} of {bin.Rows:N0}");
        }

        svg.Text(Left - 6, BarsTop + 10, "rows", "t small", "end");
        return svg.Close();
    }
}
