using System.CommandLine;
using System.CommandLine.Parsing;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Cli.CommandLine;

/// <summary>What is wrong with a command line, with the nearest right word.</summary>
internal static class UsageFailure
{
    public static Failure Of(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        string path = Path(parse.CommandResult);
        string? wrong = parse.UnmatchedTokens.Count > 0 ? parse.UnmatchedTokens[0] : null;
        string? nearest = wrong is null ? null : NearestName.Of(wrong, Words(command));
        string message = wrong is null
            ? Plain(parse.Errors[0].Message)
            : wrong.StartsWith('-') || command.Subcommands.Count == 0 ? $"{path}: \"{wrong}\" is not understood" : $"\"{wrong}\" is not a command of {path}";
        string remedy = nearest is null ? $"See {path} --help." : $"Did you mean {nearest}? See {path} --help.";
        return new Failure(FailureKind.InvalidInput, message.TrimEnd('.'), remedy);
    }

    /// <summary>The library lists allowed values with quotes, tabs and line breaks.</summary>
    private static string Plain(string message) => string.Join(' ', message.Split((char[])['\n', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
        .Replace("' '", "', '", StringComparison.Ordinal);

    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "ftf";

    private static IEnumerable<string> Words(Command command) =>
        command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)
            .Concat(command.Options.Where(option => !option.Hidden).Select(option => option.Name));
}
