using System.CommandLine;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf runs</c>: the runs, newest first.</summary>
internal static class RunsCommand
{
    public static Command Create()
    {
        var project = new Option<string?>("--project", "-p") { Description = "Only this project's.", HelpName = "NAME" };
        var outcome = new Option<string?>("--outcome") { Description = "Only those that ended so.", HelpName = "OUTCOME" };
        outcome.AcceptOnlyFromAmong("running", "succeeded", "partlyFailed", "failed", "cancelled", "rejected");
        var top = new Option<int>("--top") { Description = "At most so many.", DefaultValueFactory = _ => 20, HelpName = "N" };
        Option<Uri?> host = RunArguments.Host();
        return new Command("runs", "List the runs, newest first.") { project, outcome, top, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string query = $"runs?top={call.Get(top)}"
                + (call.Get(project) is { } name ? $"&project={Uri.EscapeDataString(name)}" : "")
                + (call.Get(outcome) is { } ended ? $"&outcome={ended}" : "");
            RunList list = await client.GetAsync<RunList>(query, call.Cancellation);
            call.Terminal.Answer(list, writer => Write(writer, list));
            return ExitCode.Ok;
        });
    }

    private static void Write(TextWriter writer, RunList list)
    {
        WriteRefused(writer, list.Refused);
        if (list.Runs.Count == 0)
        {
            writer.WriteLine("No such runs. Start one with ftf drop FILE --project NAME.");
            return;
        }

        TextTable table = new TextTable("RUN", "STARTED", "TOOK", "SPENT", "RESULT").AlignRight(2, 3).Shorten(4);
        foreach (RunView run in list.Runs)
        {
            table.Add(
                run.RunId, Say.Minute(run.StartedAt), Say.Span((run.EndedAt ?? DateTimeOffset.UtcNow) - run.StartedAt), Say.Usd(run.SpentUsd), Result(run));
        }

        table.Write(writer);
        if (list.Continuation is not null)
        {
            writer.WriteLine("There are more: --top.");
        }
    }

    private static void WriteRefused(TextWriter writer, IReadOnlyList<RefusedDrop> refused)
    {
        foreach (RefusedDrop drop in refused)
        {
            writer.WriteLine($"{drop.Drop} started no run ({Say.Time(drop.At)}): {drop.Failure}");
        }

        if (refused.Count > 0)
        {
            writer.WriteLine("Take the file away, or dismiss it: DELETE /api/refused?drop=drops/PROJECT/FILE.");
            writer.WriteLine();
        }
    }

    /// <summary>What the run came to, or where it stands: one and the same words as report, status and headline.</summary>
    private static string Result(RunView run) => run switch
    {
        { Failure: { } failure } => $"{run.Stage}: {failure.Message}",
        { EndedAt: null } => run.Stage,
        { Headline: { } headline } => headline,
        _ => run.Stage,
    };
}
