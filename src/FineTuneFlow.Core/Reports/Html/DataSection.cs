using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Reports.Charts;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>What the candidates were trained on.</summary>
internal static class DataSection
{
    private const int MostLabels = 40;

    public static void Write(HtmlWriter page, RunReport report)
    {
        page.Heading("Data", "data");
        RowCounts rows = report.Provenance.Rows;
        page.Table(
            $"Every one of the {rows.Input:N0} rows of {report.Provenance.Source.Name} is accounted for.",
            ["what became of them", "rows|", "share|"],
            new (string Name, long Count)[]
            {
                ("training", rows.Train), ("validation", rows.Validation), ("holdout", rows.Test), ("filtered out by the recipe", rows.Filtered),
                ("rejected (rejects.csv)", rows.Rejected), ("duplicates", rows.Duplicates), ("contradicting labels", rows.Conflicts), ("left out to balance", rows.Balanced),
            }.Where(entry => entry.Count > 0).Select(entry => (string[])
                [entry.Name, Formatting.Count(entry.Count), Formatting.Share(rows.Input == 0 ? null : entry.Count / (double)rows.Input)]));
        if (Profile(report) is { } profile)
        {
            Labels(page, profile);
            Texts(page, profile);
            Findings(page, profile);
        }
    }

    // A profile of another version is left out of the page; it stays in report.json as it is.
    private static DatasetProfile? Profile(RunReport report)
    {
        try
        {
            return report.Profile?.Deserialize<DatasetProfile>(FlowJson.Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Labels(HtmlWriter page, DatasetProfile profile)
    {
        string[] splits = [.. profile.Splits.Select(split => Name(split.Split))];
        string[] ordered = profile.Labels.Ordered
            ? [.. profile.Labels.Names]
            : [.. profile.Splits.SelectMany(split => split.Classes).GroupBy(entry => entry.Name, StringComparer.Ordinal).OrderByDescending(group => group.Sum(entry => entry.Count)).Select(group => group.Key)];
        (string, IReadOnlyList<long>)[] groups =
        [
            .. ordered.Take(MostLabels).Select(label => (label, (IReadOnlyList<long>)
                [.. profile.Splits.Select(split => split.Classes.FirstOrDefault(entry => entry.Name == label)?.Count ?? 0)])),
        ];
        if (groups.Length == 0 || splits.Length == 0)
        {
            return;
        }

        page.Figure(
            BarChart.Draw("labels-by-split", "Share of each label by split", groups, splits),
            $"Labels by split, as shares of the split; the figure is that of {splits[0]}.{(ordered.Length > MostLabels ? $" The {MostLabels} most frequent of {ordered.Length} labels." : "")}");
    }

    private static void Texts(HtmlWriter page, DatasetProfile profile)
    {
        page.Table(
            "Lengths in characters; tokens are an estimate.",
            ["split", "rows|", "median|", "95 %|", "longest|", "tokens, likely|"],
            profile.Splits.Select(split => (string[])
            [
                Name(split.Split), Formatting.Count(split.Rows), Formatting.Count(split.Characters.Median), Formatting.Count(split.Characters.P95),
                Formatting.Count(split.Characters.Maximum), $"{Formatting.Count(split.Tokens.Likely)}\n{Formatting.Count(split.Tokens.Low)} to {Formatting.Count(split.Tokens.High)}",
            ]));
        string scripts = string.Join(", ", profile.Scripts.Take(6).Select(script => $"{char.ToUpperInvariant(script.Name[0])}{script.Name[1..]} {script.Count:N0}"));
        page.Paragraph(
            $"Scripts: {scripts}. Duplicates left out: {profile.Duplicates.Rows:N0} rows; texts with contradicting labels: {profile.Duplicates.ConflictTexts:N0} "
            + $"({profile.Duplicates.ConflictRows:N0} rows left out).", "note");
    }

    private static void Findings(HtmlWriter page, DatasetProfile profile)
    {
        if (profile.Findings.IsDefaultOrEmpty)
        {
            return;
        }

        page.SubHeading("Found in the data");
        page.Raw("<ul class=\"findings\">\n");
        foreach (Finding finding in profile.Findings)
        {
            bool necessary = finding.Grade == FindingGrade.Necessary;
            page.Raw(necessary ? "<li class=\"warning\"><b>Necessary</b>" : "<li><b>Advisable</b>").Raw(HtmlWriter.Escape($"{(finding.Count > 0 ? $"{finding.Count:N0} " : "")}{finding.Message.TrimEnd('.')}. {finding.Remedy.TrimEnd('.')}.")).Raw("</li>\n");
        }

        page.Raw("</ul>\n");
    }

    private static string Name(Split split) => split switch
    {
        Split.Train => "training",
        Split.Validation => "validation",
        _ => "holdout",
    };
}
