using System.CommandLine;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf drop</c>: gives a CSV to a project, which starts a run.</summary>
internal static class DropCommand
{
    public static Command Create()
    {
        var csv = new Argument<string>("csv") { Description = "The CSV of labelled texts.", HelpName = "CSV" };
        var project = new Option<string>("--project", "-p") { Description = "The project it belongs to.", Required = true, HelpName = "NAME" };
        Option<string?> recipe = SharedOptions.Recipe();
        recipe.Description = "Recipe for this file; without one, the project's.";
        var watch = new Option<bool>("--watch", "-w") { Description = "Follow the run to its end." };
        Option<Uri?> host = RunArguments.Host();
        return new Command("drop", "Drop a CSV: a run starts. The same file with the same recipe is the same run.") { csv, project, recipe, watch, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            StartedRun run = await DropUploader.SendAsync(
                client, call.Terminal, ProjectName.Check(call.Get(project), "--project"), call.Get(csv), call.Get(recipe), call.Cancellation);
            if (run.Note is { } note)
            {
                call.Terminal.Answer(run, writer => Paragraph.Write(writer, "", $"{Path.GetFileName(call.Get(csv))} is {note}. No run of its own is started."));
                return ExitCode.Ok;
            }

            if (!call.Get(watch))
            {
                call.Terminal.Answer(run, writer => writer.WriteLine(run.Created
                    ? $"{run.RunId} started. Follow it: ftf watch {run.RunId}"
                    : $"{run.RunId} is the run of this file and recipe already; nothing new was started. See it: ftf watch {run.RunId}, or run it again: ftf rerun {run.RunId}"));
                return ExitCode.Ok;
            }

            call.Terminal.Line(run.Created ? $"{run.RunId} started." : $"{run.RunId} is the run of this file and recipe already; nothing new was started.");
            return await RunWatch.FollowAsync(client, run.RunId, call.Terminal, call.Cancellation);
        });
    }
}
