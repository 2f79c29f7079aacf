using FineTuneFlow.Api.Projects;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Cli.Commands;

/// <summary>Projects for a person.</summary>
internal static class ProjectText
{
    private const int MostDays = 7;

    public static void Write(TextWriter writer, ProjectList list)
    {
        if (list.Projects.Count == 0)
        {
            writer.WriteLine("No projects. Begin one with ftf drop FILE --project NAME.");
            return;
        }

        TextTable table = new TextTable("PROJECT", "CHAMPION", "RECIPE", "DROPS", "LAST DROP").AlignRight(3).Shorten(0);
        foreach (ProjectView project in list.Projects)
        {
            table.Add(
                project.Name,
                project.HasChampion ? "yes" : "none",
                project.HasRecipe ? "own" : "default",
                $"{project.Drops:N0}",
                project.LastDropAt is { } at ? Say.Minute(at) : "");
        }

        table.Write(writer);
    }

    public static void Write(TextWriter writer, ProjectDetail project, NightLook? next)
    {
        Paragraph.Write(writer, "Champion  ", project.Champion is { } champion ? Of(champion) : "none yet: drop a file, or promote a candidate of a run");
        if (project.Challenger is { } challenger)
        {
            Paragraph.Write(writer, "Against   ", Of(challenger));
        }

        Paragraph.Write(writer, "Traffic   ", string.Join(", ", project.Serving.Weights.Select(weight => $"{weight.Key} {weight.Value} %"))
            + (project.Serving.Shadow is { } shadow ? $"; {shadow} is asked beside" : ""));
        foreach (ServedDeployment deployment in project.Deployments)
        {
            Paragraph.Write(writer, "Deployed  ", $"version {deployment.Version} at {deployment.Provider} as {deployment.Active ?? deployment.Coming ?? "nothing"}"
                + (deployment.Active is null ? " (coming)" : $", {Say.Usd(deployment.HourlyUsd)} an hour") + (deployment.Failure is { } failure ? $"; {failure}" : ""));
        }

        if (project.Health is { } health)
        {
            Health(writer, health);
        }

        Days(writer, project.Days);
        Paragraph.Write(writer, "Last night  ", project.LastNight is { } night
            ? $"{Say.Minute(night.At)}: {night.Failure ?? (night.RunId is { } run ? $"{run}, since {string.Join("; ", night.Look?.Reasons ?? [])}" : $"not retrained: {night.Look?.WhyNot}")}"
            : "none yet");
        if (next is not null)
        {
            Paragraph.Write(writer, "Next night  ", next.WhyNot is { } why ? $"not retrained: {why}" : $"retrained: {string.Join("; ", next.Reasons)}");
        }
    }

    private static string Of(ChampionVersion version) =>
        $"version {version.Version}, {version.Candidate} ({version.BaseModel}), {Say.Percent(version.Accuracy)}, by {version.By} on {Say.Minute(version.PromotedAt)}"
        + (version.Reason is { } reason ? $": {reason}" : "");

    private static void Health(TextWriter writer, HealthView health)
    {
        Paragraph.Write(writer, "Drift     ", health.Drift.IsEmpty ? "nothing was asked in the last seven days" : string.Join("; ", health.Drift.Select(measure => (measure.Drifted ? "DRIFTED: " : "") + measure)));
        Paragraph.Write(writer, "Feedback  ", health.Feedback is { } told ? (told.Fell ? "FELL: " : "") + told : "there is no feedback on its answers yet");
        if (health.BaseEnds is { } end)
        {
            Paragraph.Write(writer, "Model     ", $"{health.BaseModel} answers until {end:yyyy-MM-dd}");
        }
    }

    private static void Days(TextWriter writer, IReadOnlyList<DayCounts> days)
    {
        if (days.Count == 0)
        {
            return;
        }

        writer.WriteLine();
        TextTable table = new TextTable("DAY", "VERSION", "TEXTS", "ERRORS", "95 % BELOW", "COST", "MOST FREQUENT").AlignRight(2, 3, 4, 5).Shorten(6);
        foreach (DayCounts day in days.Take(MostDays))
        {
            foreach ((string version, VersionCounts counts) in day.Versions)
            {
                table.Add(
                    $"{day.Day:yyyy-MM-dd}",
                    version,
                    $"{counts.Texts:N0}",
                    $"{counts.Errors:N0}",
                    counts.Latency95() is { } ms ? $"{ms:0.#} ms" : "",
                    Say.Price(counts.CostUsd),
                    string.Join(", ", counts.Labels.OrderByDescending(pair => pair.Value).Take(3).Select(pair => $"{pair.Key} {100.0 * pair.Value / Math.Max(1, counts.Texts):0} %")));
            }
        }

        table.Write(writer);
        writer.WriteLine();
    }
}
