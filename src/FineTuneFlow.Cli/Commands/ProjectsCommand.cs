using System.CommandLine;
using FineTuneFlow.Api.Projects;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf projects</c>: the projects, or one of them with its champion, how that does, and its nights.</summary>
internal static class ProjectsCommand
{
    public static Command Create()
    {
        var project = new Argument<string?>("project") { Description = "Only this one, in detail.", Arity = ArgumentArity.ZeroOrOne, HelpName = "PROJECT" };
        Option<Uri?> host = RunArguments.Host();
        return new Command("projects", "List the projects, or show one: champion, drift, accuracy in use, last and next night.") { project, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            if (call.Parse.GetValue(project) is not { } name)
            {
                ProjectList list = await client.GetAsync<ProjectList>("projects", call.Cancellation);
                call.Terminal.Answer(list, writer => ProjectText.Write(writer, list));
                return ExitCode.Ok;
            }

            ProjectDetail detail = await client.GetAsync<ProjectDetail>(ProjectArguments.Path(name), call.Cancellation);
            RetrainAnswer? next = detail.Champion is null
                ? null
                : await client.PostAsync<RetrainAnswer>(ProjectArguments.Path(name, "/retrain"), new RetrainRequest(DryRun: true), call.Cancellation);
            call.Terminal.Answer(new { Project = detail, Next = next?.Look }, writer => ProjectText.Write(writer, detail, next?.Look));
            return ExitCode.Ok;
        });
    }
}
