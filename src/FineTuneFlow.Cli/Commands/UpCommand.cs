using System.CommandLine;
using System.Diagnostics;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Cli.Stack;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf up</c>: the local stack in the foreground.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var arguments = new StackArguments();
        var command = new Command("up", "Run the local stack in the foreground: storage, simulator and host. Ctrl-C stops it; runs go on at the next start.");
        arguments.AddTo(command);
        return command.Runs(call => RunAsync(call, arguments.Read(call)), answers: false);
    }

    private static async Task<int> RunAsync(CommandCall call, StackOptions options)
    {
        Terminal terminal = call.Terminal;
        var clock = Stopwatch.StartNew();
        terminal.Line("FineTuneFlow, local stack");
        await using LocalStack stack = await LocalStack.StartAsync(
            options, service => terminal.Line($"  {service.Name,-10} {service.Where,-24} {service.What}"), call.Cancellation);
        terminal.Line($"  {"state",-10} {StackPaths.Shown(options.Home)}");
        terminal.Line($"Ready in {clock.Elapsed.TotalSeconds:0.0} s. Drop a file: ftf drop reviews.csv --project reviews --watch. Stop with Ctrl-C.");
        stack.HostWrites += line => Tell(terminal, line);
        try
        {
            throw await stack.FirstEndAsync(call.Cancellation);
        }
        catch (OperationCanceledException)
        {
            terminal.Line("Stopping...");
            await stack.DisposeAsync();
            terminal.Line("Stopped. What runs goes on at the next ftf up.");
            return ExitCode.Ok;
        }
    }

    /// <summary>Of the host's log what a person in front of it wants to know: drops, warnings, errors.</summary>
    private static void Tell(Terminal terminal, string line)
    {
        string[] part = line.Split(' ', 4);
        if (part.Length == 4 && (part[1] is "warn:" or "fail:" or "crit:" || part[2].Contains(".Drops.", StringComparison.Ordinal)))
        {
            terminal.Line($"{part[0][(part[0].IndexOf('T') + 1)..].TrimEnd('Z')} {(part[1] == "info:" ? "" : part[1] + " ")}{part[3]}");
        }
    }
}
