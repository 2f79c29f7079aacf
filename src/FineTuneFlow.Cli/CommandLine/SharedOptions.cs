using System.CommandLine;

namespace FineTuneFlow.Cli.CommandLine;

/// <summary>Options that several commands take, under one name and description.</summary>
internal static class SharedOptions
{
    /// <summary>One instance for all commands, so that the frame can ask for it whatever command runs.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Answer with JSON on standard output; errors as problem JSON on standard error." };

    public static Option<string?> Recipe() => new("--recipe", "-r") { Description = "Recipe file (JSON); without one, columns are recognised.", HelpName = "FILE" };
}
