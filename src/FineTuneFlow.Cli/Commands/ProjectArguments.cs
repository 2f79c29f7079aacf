using System.CommandLine;

namespace FineTuneFlow.Cli.Commands;

/// <summary>What the commands about projects have in common.</summary>
internal static class ProjectArguments
{
    public static Argument<string> Project() => new("project") { Description = "The project's name.", HelpName = "PROJECT" };

    public static Option<string> Of() => new("--project", "-p") { Description = "The project.", Required = true, HelpName = "NAME" };

    public static Option<string?> Reason() => new("--reason") { Description = "Kept with the version.", HelpName = "TEXT" };

    public static string Path(string project, string rest = "") => $"projects/{Uri.EscapeDataString(project)}{rest}";
}
