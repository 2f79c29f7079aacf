using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Stack;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf logs</c>: what the local stack's services have written, of one run or of all.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(300);

    public static Command Create()
    {
        var run = new Argument<string?>("run") { Description = "Only lines about this run, by its id or the beginning of it.", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is written from now on, until Ctrl-C." };
        var service = new Option<string>("--service") { Description = "The service whose log is shown.", DefaultValueFactory = _ => "host", HelpName = "NAME" };
        service.AcceptOnlyFromAmong("host", "simulator", "storage");
        var lines = new Option<int>("--lines", "-n") { Description = "The last so many.", DefaultValueFactory = _ => 200, HelpName = "N" };
        return new Command("logs", "Show what the local stack has logged, in text or JSON lines as LogFormat says.") { run, follow, service, lines }.Runs(
            call => ShowAsync(call, call.Parse.GetValue(run), call.Get(service)!, call.Get(lines), call.Get(follow)), answers: false);
    }

    private static async Task<int> ShowAsync(CommandCall call, string? run, string service, int lines, bool follow)
    {
        string file = new StackOptions(StackPaths.Home).LogOf(service);
        string[] files = [.. ServiceLog.FilesOf(file)];
        if (files.Length == 0)
        {
            throw new FlowException(FailureKind.NotFound, $"there is no log of the {service} in {StackPaths.Shown(StackPaths.Home)}", "Start the local stack with ftf up.");
        }

        using var newest = new FollowedLog(file);
        foreach (string line in files[..^1].SelectMany(File.ReadLines).Concat(newest.NewLines()).Where(line => IsAbout(line, run)).TakeLast(lines))
        {
            call.Terminal.Line(line);
        }

        using var timer = new PeriodicTimer(LookEvery);
        while (follow && await timer.WaitForNextTickAsync(call.Cancellation))
        {
            foreach (string line in newest.NewLines().Where(line => IsAbout(line, run)))
            {
                call.Terminal.Line(line);
            }
        }

        return ExitCode.Ok;
    }

    /// <summary>A rerun's id is that of its run with a number behind it (<c>reviews-1a2b_2</c>), and is another run. A line is about the run
    /// that it names first: a rerun's lines also name the run whose files and jobs it adopts.</summary>
    private static bool IsAbout(string line, string? run)
    {
        if (run is null)
        {
            return true;
        }

        int end = line.IndexOf(run, StringComparison.Ordinal) + run.Length;
        return end >= run.Length && (end == line.Length || line[end] != '_');
    }
}
