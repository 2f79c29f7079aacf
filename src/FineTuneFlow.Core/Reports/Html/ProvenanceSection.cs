using System.Text.Json;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>Enough to make the figures again: hashes, versions, settings, times.</summary>
internal static class ProvenanceSection
{
    public static void Write(HtmlWriter page, RunReport report)
    {
        Provenance provenance = report.Provenance;
        page.Heading("Provenance", "provenance");
        page.Table(
            "Files.",
            ["file", "rows|", "bytes|", "SHA-256"],
            provenance.Files.Select(file => (string[])[file.Name, Formatting.Count(file.Rows), Formatting.Count(file.Bytes), file.Sha256])
                .Prepend([provenance.Source.Name, Formatting.Count(provenance.Rows.Input), Formatting.Count(provenance.Source.Bytes), provenance.Source.Sha256]));
        page.Table(
            "Models.",
            ["candidate", "provider", "base model", "model that answered", "job", "seed|"],
            report.Candidates.Select(candidate => (string[])
                [candidate.Name, (candidate.Provider ?? Formatting.Absent) + (candidate.Simulated ? "\nsimulated" : ""), candidate.Model, candidate.TunedModel ?? Formatting.Absent, candidate.JobId ?? Formatting.Absent, candidate.Hyperparameters.GetValueOrDefault("seed") ?? Formatting.Absent]));
        if (!provenance.Stages.IsDefaultOrEmpty)
        {
            page.Table(
                "Stages, UTC.",
                ["stage", "from", "to", "took|"],
                provenance.Stages.Select(stage => (string[])
                [
                    stage.Name, stage.StartedAt.ToString("yyyy-MM-dd HH:mm:ss"), stage.EndedAt?.ToString("yyyy-MM-dd HH:mm:ss") ?? Formatting.Absent,
                    Formatting.Duration(stage.EndedAt - stage.StartedAt),
                ]));
        }

        page.Paragraph(
            $"Data prepared by {provenance.PreparedBy}, report made by {provenance.ReportedBy}; {provenance.Resamples:N0} bootstrap resamples, seed {provenance.BootstrapSeed}; "
            + $"recipe SHA-256 {provenance.RecipeSha256}.", "note");
        page.Raw("<details><summary>Recipe and dataset settings in force</summary><pre>")
            .Raw(HtmlWriter.Escape(JsonSerializer.Serialize(new { provenance.Recipe, provenance.Settings }, FlowJson.Indented)))
            .Raw("</pre></details>\n");
    }
}
