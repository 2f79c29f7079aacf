using System.CommandLine;
using FineTuneFlow.Api.Projects;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf retrain</c>: what a night does, now.</summary>
internal static class RetrainCommand
{
    public static Command Create()
    {
        Argument<string> project = ProjectArguments.Project();
        var dry = new Option<bool>("--dry-run") { Description = "Only say whether there is a reason, and what would be trained on." };
        var force = new Option<bool>("--force") { Description = "Also without a reason." };
        Option<Uri?> host = RunArguments.Host();
        return new Command("retrain", "Retrain a project where there is a reason; else say why not.") { project, dry, force, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            RetrainAnswer answer = await client.PostAsync<RetrainAnswer>(
                ProjectArguments.Path(call.Get(project), "/retrain"), new RetrainRequest(call.Get(dry), call.Get(force)), call.Cancellation);
            call.Terminal.Answer(answer, writer => Write(writer, answer, call.Get(dry)));
            return ExitCode.Ok;
        });
    }

    private static void Write(TextWriter writer, RetrainAnswer answer, bool dry)
    {
        Paragraph.Write(writer, "", (answer.Run, answer.Look.WhyNot) switch
        {
            ({ } run, _) => $"{run.RunId} {(run.Created ? "was begun" : "is the run of these rows already")}. Follow it: ftf watch {run.RunId}",
            (_, { } why) => $"Not retrained: {why}.",
            _ => dry ? "A night would retrain it." : "",
        });
        foreach (string reason in answer.Look.Reasons)
        {
            Paragraph.Write(writer, "  - ", reason);
        }

        writer.WriteLine($"{answer.Look.Rows:N0} rows, {answer.Look.NewRows:N0} of them new to the champion.");
        foreach (string note in answer.Look.Notes)
        {
            Paragraph.Write(writer, "  ", note);
        }
    }
}
