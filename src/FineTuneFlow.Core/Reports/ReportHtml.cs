using FineTuneFlow.Core.Reports.Html;

namespace FineTuneFlow.Core.Reports;

/// <summary><c>report.html</c>: one file that needs no other, without scripts, for screens of any width, light and dark, and for
/// paper. Everything that comes from outside is escaped.</summary>
public static class ReportHtml
{
    public static string Write(RunReport report)
    {
        var page = new HtmlWriter();
        page.Raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        // Even if a text should slip through unescaped some day, the page may run and load nothing.
        page.Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n");
        page.Raw("<title>").Raw(HtmlWriter.Escape($"{report.Project}: which model to use")).Raw("</title>\n<style>\n").Raw(Style.Sheet).Raw("\n</style>\n</head>\n<body>\n<main>\n");
        SummarySection.Write(page, report);
        CandidateSection.Write(page, report);
        HealthSection.Write(page, report);
        ComparisonSection.Write(page, report);
        ChampionSection.Write(page, report);
        DetailSection.Write(page, report);
        TrainingSection.Write(page, report);
        CostSection.Write(page, report);
        DataSection.Write(page, report);
        RowsSection.Write(page, report);
        TermsSection.Write(page, report);
        ProvenanceSection.Write(page, report);
        return page.Raw("</main>\n</body>\n</html>\n").ToString();
    }
}
