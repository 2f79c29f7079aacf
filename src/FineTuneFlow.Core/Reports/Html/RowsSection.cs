using FineTuneFlow.Core.Reports.Charts;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>Rows worth a person's look: disagreements and suspicious labels.</summary>
internal static class RowsSection
{
    private const int MostSuspects = 30;
    private const int MostCharacters = 400;

    public static void Write(HtmlWriter page, RunReport report)
    {
        page.Heading("Rows to look at", "rows");
        if (report.Suspects is { Total: > 0 } suspects)
        {
            page.SubHeading("Labels that may be wrong");
            page.Paragraph(
                $"{string.Join(", ", suspects.Judges)} agree on another label for {suspects.Total:N0} rows ({Formatting.Share(suspects.Total / (double)report.HoldoutRows)}); "
                + $"the {Math.Min(MostSuspects, suspects.Rows.Length):N0} most certain are below, more in suspects.csv, which can be corrected and dropped again. "
                + "Agreement is not proof: models trained on the same data share its faults.");
            page.Table(
                "Most certain first.",
                ["text", "label", "all say", "probability|"],
                suspects.Rows.Take(MostSuspects).Select(row => (string[])[Text(row.Text), row.Label, row.Suggested, Formatting.Share(row.Confidence, 0)]), texts: true);
        }

        if (report.Disagreements is { Total: > 0 } disagreements)
        {
            page.SubHeading($"Where {disagreements.First} and {disagreements.Second} differ");
            page.Table(
                $"{disagreements.Total:N0} rows, the {disagreements.Rows.Length:N0} most confident of them. Small: the probability that each gave its answer.",
                ["text", "label", disagreements.First, disagreements.Second],
                disagreements.Rows.Select(row => (string[])[Text(row.Text), row.Label, Answer(row.First, row.FirstConfidence, row.Label), Answer(row.Second, row.SecondConfidence, row.Label)]), texts: true);
        }

        if (report.Suspects is not { Total: > 0 } && report.Disagreements is not { Total: > 0 })
        {
            page.Paragraph("None.");
        }
    }

    private static string Text(string text) => Svg.Short(text.ReplaceLineEndings(" "), MostCharacters);

    private static string Answer(string? answer, double? confidence, string label) =>
        $"{answer ?? "no answer"}{(answer == label ? " ✓" : "")}{(confidence is null ? "" : "\n" + Formatting.Share(confidence, 0))}";
}
