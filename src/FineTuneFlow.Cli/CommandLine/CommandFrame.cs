using System.CommandLine;
using System.Runtime.InteropServices;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.CommandLine;

/// <summary>The one place where a command runs: Ctrl-C, failures and exit codes are handled here and nowhere else.</summary>
public static class CommandFrame
{
    /// <summary>Parses and runs a command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        RootCommand root = FtfCommand.Create();
        // Who types the bare name wants to know what there is.
        args = args.Count == 0 ? ["--help"] : args;
        ParseResult parse = root.Parse(args);
        // A shell that asks what may follow has not written a whole command yet.
        bool suggests = args[0].StartsWith("[suggest", StringComparison.Ordinal);
        if (parse.Errors.Count > 0 && !suggests)
        {
            bool json = args.Contains(SharedOptions.Json.Name);
            FailureWriter.Write(new Terminal(output, error, json), UsageFailure.Of(parse));
            return ExitCode.InvalidInput;
        }

        using var stop = new CancellationTokenSource();
        // Asked once: the command ends in its own time. Asked again: the system's default, the process ends at once.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var configuration = new InvocationConfiguration
        {
            Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
        };
        return await parse.InvokeAsync(configuration, stop.Token);
    }

    /// <summary>Gives a command its work.</summary>
    /// <param name="command">Its options and arguments are its own; <c>--json</c> is added by the frame where it answers something.</param>
    /// <param name="run">Does the work and gives one of <see cref="ExitCode"/>; failures are thrown as <see cref="FlowException"/>.</param>
    /// <param name="answers">Whether the command answers something, and so takes <c>--json</c>.</param>
    public static Command Runs(this Command command, Func<CommandCall, Task<int>> run, bool answers = true)
    {
        if (answers)
        {
            command.Add(SharedOptions.Json);
        }

        command.SetAction((parse, cancellation) =>
        {
            InvocationConfiguration streams = parse.InvocationConfiguration;
            var terminal = new Terminal(streams.Output, streams.Error, answers && parse.GetValue(SharedOptions.Json));
            return GuardAsync(new CommandCall(parse, terminal, cancellation), run);
        });
        return command;
    }

    private static async Task<int> GuardAsync(CommandCall call, Func<CommandCall, Task<int>> run)
    {
        try
        {
            return await run(call);
        }
        catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
        {
            call.Terminal.Note("stopped");
            return ExitCode.Cancelled;
        }
        catch (FlowException exception)
        {
            FailureWriter.Write(call.Terminal, exception.Failure);
            return ExitCode.Of(exception.Failure.Kind);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var failure = new Failure(FailureKind.InvalidInput, exception.Message, "Check the path, its permissions and the space left.");
            FailureWriter.Write(call.Terminal, failure);
            return ExitCode.InvalidInput;
        }
        catch (Exception exception)
        {
            FailureWriter.Write(call.Terminal, new Failure(FailureKind.Internal, $"unexpected {exception.GetType().Name}: {exception.Message}", "This is a defect of ftf; please report it with the lines below."));
            call.Terminal.Note(exception.StackTrace ?? "");
            return ExitCode.Defect;
        }
    }
}
