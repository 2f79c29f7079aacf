using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Projects;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf rescue --project</c>: successors of a champion, trained on the rows that are kept, followed to the end of their run and
/// held against the champion's answers.</summary>
internal static class ProjectRescue
{
    private const int MostRows = 20;

    public static async Task<int> RunAsync(CommandCall call, Uri? host, string project, string? recipe)
    {
        using HostClient client = HostClient.For(host);
        RetrainAnswer answer = await client.PostAsync<RetrainAnswer>(
            ProjectArguments.Path(project, "/retrain"), new RetrainRequest(Rescue: true, Recipe: Named(recipe)), call.Cancellation);
        StartedRun run = answer.Run!;
        call.Terminal.Note($"{run.RunId} {(run.Created ? "was begun" : "is the rescue of these rows already")}: {answer.Look.Rows:N0} rows. Ctrl-C stops watching, not the run");
        if (call.Terminal.Json)
        {
            RunView ended = await RunWatch.UntilEndAsync(client, run.RunId, call.Terminal, call.Cancellation);
            RunReport? made = ended.HasReport ? await ReportAsync(client, run.RunId, call.Cancellation) : null;
            call.Terminal.Answer(new ProjectRescued(run.RunId, ended.Outcome, made?.Champion), _ => { });
            return RunWatch.CodeOf(ended);
        }

        int code = await RunWatch.FollowAsync(client, run.RunId, call.Terminal, call.Cancellation);
        if ((await client.RunAsync(run.RunId, call.Cancellation)).HasReport)
        {
            Write(call.Terminal.Out, await ReportAsync(client, run.RunId, call.Cancellation));
        }

        return code;
    }

    internal static void Write(TextWriter writer, RunReport report)
    {
        writer.WriteLine();
        if (report.Champion is not { } champion)
        {
            writer.WriteLine("The project had no champion to agree with.");
            return;
        }

        Paragraph.Write(writer, "Champion ", champion.EndsOn is { } end
            ? $"{champion.Model} answers until {end:yyyy-MM-dd}: {Math.Max(0, champion.DaysLeft ?? 0)} days."
            : $"no end of {champion.Model} is announced.");
        if (champion.RecordedBy is { } run)
        {
            Paragraph.Write(writer, "         ", $"It answered nothing in this run: its answers are those of {run}.");
        }

        if (champion.Agreements.IsEmpty)
        {
            Paragraph.Write(writer, "         ", "No answers of it to the judged rows are known, so nothing can be said of how far the successors agree with it.");
            return;
        }

        writer.WriteLine();
        TextTable table = new TextTable("SUCCESSOR", "AS THE CHAMPION", "INTERVAL", "KAPPA", "ONLY CHAMPION RIGHT", "ONLY SUCCESSOR RIGHT", "P").AlignRight(1, 3, 4, 5, 6);
        foreach (CandidateAgreement one in champion.Agreements)
        {
            table.Add(
                one.Candidate, $"{one.Same:N0} of {one.Rows:N0}, {Say.Percent(one.Share)}", one.Interval is { } range ? $"{Say.Percent(range.Low)} to {Say.Percent(range.High)}" : "",
                one.Kappa?.ToString("0.00", CultureInfo.InvariantCulture) ?? "", $"{one.OnlyChampion:N0}", $"{one.OnlyCandidate:N0}", one.AdjustedPValue.ToString("0.000", CultureInfo.InvariantCulture));
        }

        table.Write(writer);
        Differences(writer, report, champion);
    }

    private static void Differences(TextWriter writer, RunReport report, ChampionReport champion)
    {
        CandidateAgreement shown = champion.Agreements.FirstOrDefault(one => one.Candidate == report.Verdict.Candidate) ?? champion.Agreements[0];
        if (shown.Different.IsEmpty)
        {
            return;
        }

        writer.WriteLine();
        writer.WriteLine($"Rows on which {shown.Candidate} differs from the champion:");
        TextTable rows = new("ROW", "CHAMPION", "SUCCESSOR", "TRUE");
        foreach (DifferentAnswer one in shown.Different.Take(MostRows))
        {
            rows.Add(one.Id, one.Old, one.New, one.Truth ?? "");
        }

        rows.Write(writer);
        if (shown.Rows - shown.Same > MostRows)
        {
            writer.WriteLine($"and {shown.Rows - shown.Same - MostRows:N0} more, in report.json: ftf report {report.RunId} --json.");
        }
    }

    /// <summary>Read here first, so that a mistake is told with its line in the file.</summary>
    private static JsonObject? Named(string? recipe)
    {
        if (recipe is null)
        {
            return null;
        }

        byte[] json = File.ReadAllBytes(RecipeFile.Existing(recipe, "recipe"));
        RecipeReader.Read(Path.GetFileName(recipe), json);
        return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject;
    }

    private static Task<RunReport> ReportAsync(HostClient client, string runId, CancellationToken cancellation) =>
        client.GetAsync<RunReport>($"runs/{Uri.EscapeDataString(runId)}/report", cancellation);
}

/// <param name="RunId">The run that trained the successors.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Champion">The champion's days, and how far the successors agree with it; null: the run has no report.</param>
internal sealed record ProjectRescued(string RunId, RunOutcome? Outcome, ChampionReport? Champion);
