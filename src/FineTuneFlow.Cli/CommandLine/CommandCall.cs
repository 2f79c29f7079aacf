using System.CommandLine;
using FineTuneFlow.Cli.Output;

namespace FineTuneFlow.Cli.CommandLine;

/// <summary>One call of a command: what it was given and where it writes.</summary>
/// <param name="Parse">The parsed command line.</param>
/// <param name="Terminal">Where answers, notes and progress go.</param>
/// <param name="Cancellation">Ctrl-C or SIGTERM.</param>
public sealed record CommandCall(ParseResult Parse, Terminal Terminal, CancellationToken Cancellation)
{
    public T? Get<T>(Option<T> option) => Parse.GetValue(option);

    public T Get<T>(Argument<T> argument) => Parse.GetRequiredValue(argument);
}
