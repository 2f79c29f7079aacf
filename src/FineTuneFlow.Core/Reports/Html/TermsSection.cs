namespace FineTuneFlow.Core.Reports.Html;

/// <summary>What the words of the page mean, for a reader who does not compute such figures every day.</summary>
internal static class TermsSection
{
    public static void Write(HtmlWriter page, RunReport report)
    {
        page.Heading("Terms", "terms");
        page.Raw("<dl class=\"terms\">\n");
        foreach ((string term, string meaning) in ReportTerms.Of(report))
        {
            page.Raw("<dt>").Raw(HtmlWriter.Escape(term)).Raw("</dt><dd>").Raw(HtmlWriter.Escape(meaning)).Raw("</dd>\n");
        }

        page.Raw("</dl>\n");
    }
}
