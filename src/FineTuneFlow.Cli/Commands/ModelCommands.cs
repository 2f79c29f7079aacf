using System.CommandLine;
using FineTuneFlow.Api.Models;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Workflow.Models;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf models</c>, <c>promote</c> and <c>rollback</c>: the versions of a project's champion.</summary>
internal static class ModelCommands
{
    public static Command Models()
    {
        Argument<string> project = ProjectArguments.Project();
        Option<Uri?> host = RunArguments.Host();
        return new Command("models", "Show a project's champion and the versions before it, each with its reason.") { project, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            ModelList list = await client.GetAsync<ModelList>(ProjectArguments.Path(call.Get(project), "/models"), call.Cancellation);
            call.Terminal.Answer(list, writer => Write(writer, list));
            return ExitCode.Ok;
        });
    }

    public static Command Promote()
    {
        Argument<string> project = ProjectArguments.Project();
        var run = new Argument<string>("run") { Description = "A run of the project, or its beginning.", HelpName = "RUN" };
        var candidate = new Argument<string>("candidate") { Description = "One that was judged there.", HelpName = "CANDIDATE" };
        Option<string?> reason = ProjectArguments.Reason();
        Option<Uri?> host = RunArguments.Host();
        return new Command("promote", "Make a judged candidate of a run the champion, whatever the rule said.") { project, run, candidate, reason, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string runId = await client.ResolveAsync(call.Get(run), call.Cancellation);
            ChampionVersion version = await client.PostAsync<ChampionVersion>(
                ProjectArguments.Path(call.Get(project), "/models/promote"),
                new PromotionRequest(runId, call.Get(candidate), Environment.UserName, call.Get(reason)),
                call.Cancellation);
            call.Terminal.Answer(version, writer => writer.WriteLine($"{version.Candidate} of {version.RunId} is the champion of {call.Get(project)}: version {version.Version}."));
            return ExitCode.Ok;
        });
    }

    public static Command Rollback()
    {
        Argument<string> project = ProjectArguments.Project();
        var version = new Option<int?>("--version-number", "-v") { Description = "The version to go back to; else the one before.", HelpName = "N" };
        Option<string?> reason = ProjectArguments.Reason();
        Option<Uri?> host = RunArguments.Host();
        return new Command("rollback", "Go back to an earlier champion, as a version of its own.") { project, version, reason, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            ChampionVersion now = await client.PostAsync<ChampionVersion>(
                ProjectArguments.Path(call.Get(project), "/models/rollback"),
                new RollbackRequest(call.Get(version), Environment.UserName, call.Get(reason)),
                call.Cancellation);
            call.Terminal.Answer(now, writer => writer.WriteLine($"{now.Candidate} of {now.RunId} is the champion of {call.Get(project)} again: version {now.Version}."));
            return ExitCode.Ok;
        });
    }

    private static void Write(TextWriter writer, ModelList list)
    {
        if (list.Versions.Count == 0)
        {
            writer.WriteLine("No champion yet: promote a candidate of a run with ftf promote PROJECT RUN CANDIDATE.");
            return;
        }

        TextTable table = new TextTable("", "VERSION", "CANDIDATE", "ACCURACY", "PROMOTED", "BY", "REASON").AlignRight(1, 3).Shorten(2, 5, 6);
        foreach (ChampionVersion version in list.Versions)
        {
            table.Add(
                version.Version == list.Champion?.Version ? ">" : "",
                $"{version.Version}",
                version.Candidate,
                Say.Percent(version.Accuracy),
                Say.Minute(version.PromotedAt),
                version.By,
                version.Reason ?? "");
        }

        table.Write(writer);
    }
}
