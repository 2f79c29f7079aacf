using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Stack;
using FineTuneFlow.Local.Backups;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf restore</c>: a state folder made of a backup; its runs go on at the next <c>ftf up</c>.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "File that ftf backup has written.", HelpName = "FILE" };
        return new Command("restore", "Make a state folder (FTF_HOME), which must have no state yet, of a backup.") { file }.Runs(async call =>
        {
            string source = RecipeFile.Existing(call.Parse.GetValue(file)!, "backup");
            await using FileStream archive = File.OpenRead(source);
            BackupEnd end = await HomeRestore.RunAsync(StackPaths.Home, archive, source, call.Cancellation);
            call.Terminal.Answer(
                end,
                writer => writer.WriteLine($"{StackPaths.Shown(StackPaths.Home)} is as it was at {end.At:yyyy-MM-dd HH:mm:ss} UTC: {end.Files:N0} files. Its runs go on with the next ftf up."));
            return ExitCode.Ok;
        });
    }
}
