using System.CommandLine;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf report</c>: a run's report on standard output or into a file.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        Argument<string> id = RunArguments.Id();
        var format = new Option<string>("--format", "-f") { Description = "md, json or html.", DefaultValueFactory = _ => "md", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong("md", "json", "html");
        var output = new Option<string?>("--out", "-o") { Description = "Write it into this file instead.", HelpName = "FILE" };
        Option<Uri?> host = RunArguments.Host();
        return new Command("report", "Show a run's report: which model to use, and why.") { id, format, output, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string run = await client.ResolveAsync(call.Get(id), call.Cancellation);
            string form = call.Terminal.Json ? "json" : call.Get(format)!;
            string mediaType = form switch { "md" => "text/markdown", "html" => "text/html", _ => "application/json" };
            string report = await client.GetTextAsync($"runs/{Uri.EscapeDataString(run)}/report", mediaType, call.Cancellation);
            if (call.Get(output) is { } file)
            {
                await File.WriteAllTextAsync(file, report, call.Cancellation);
                call.Terminal.Note($"written: {file}");
            }
            else
            {
                await call.Terminal.Out.WriteLineAsync(report.TrimEnd());
            }

            return ExitCode.Ok;
        });
    }
}
