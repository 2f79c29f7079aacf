namespace FineTuneFlow.Core.Reports.Html;

/// <summary>How the champion did in use.</summary>
internal static class HealthSection
{
    public static void Write(HtmlWriter page, RunReport report)
    {
        if (report.ChampionHealth is not { } health)
        {
            return;
        }

        page.Heading("The champion in use", "health");
        page.Table(
            $"Version {health.Version} of {report.Project}, which the candidates are set against, in the days before this report.",
            ["of it", "found"],
            health.Lines().Select(line => (string[])[line.Name, line.Value]));
    }
}
