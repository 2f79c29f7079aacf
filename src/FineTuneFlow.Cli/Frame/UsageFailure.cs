using System.CommandLine;
using System.CommandLine.Parsing;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.Frame;

/// <summary>What is wrong with a command line, with the nearest right word.</summary>
public static class UsageFailure
{
    public static Failure Of(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        string path = Path(parse.CommandResult);
        string? wrong = parse.UnmatchedTokens.Count > 0 ? parse.UnmatchedTokens[0] : null;
        string? nearest = wrong is null ? null : Nearest(wrong, Words(command));
        string message = wrong is null
            ? parse.Errors[0].Message
            : wrong.StartsWith('-') || command.Subcommands.Count == 0 ? $"{path}: \"{wrong}\" is not understood" : $"\"{wrong}\" is no command of {path}";
        string remedy = nearest is null ? $"See {path} --help." : $"Did you mean {nearest}? See {path} --help.";
        return new Failure(FailureKind.InvalidInput, message.TrimEnd('.'), remedy);
    }

    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "ftf";

    private static IEnumerable<string> Words(Command command) =>
        command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)
            .Concat(command.Options.Where(option => !option.Hidden).Select(option => option.Name));

    private static string? Nearest(string wrong, IEnumerable<string> words) =>
        words.Select(word => (Word: word, Distance: Distance(wrong, word)))
            .Where(pair => pair.Distance <= Math.Max(2, wrong.Length / 3))
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Word)
            .FirstOrDefault();

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
