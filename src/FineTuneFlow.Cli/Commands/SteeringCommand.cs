using System.CommandLine;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf approve</c>, <c>cancel</c>, <c>suspend</c>, <c>resume</c> and <c>rerun</c>: one request each.</summary>
internal static class SteeringCommand
{
    public static Command Approve()
    {
        Argument<string> id = RunArguments.Id();
        var reject = new Option<bool>("--reject") { Description = "Reject instead: the run ends and nothing is spent." };
        var comment = new Option<string?>("--comment") { Description = "Kept with the decision." };
        Option<Uri?> host = RunArguments.Host();
        return new Command("approve", "Approve the quote that a run waits with, so that it may spend.") { id, reject, comment, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string run = await client.ResolveAsync(call.Get(id), call.Cancellation);
            var decision = new ApprovalRequest(!call.Get(reject), Environment.UserName, call.Get(comment));
            RunView view = await client.PostAsync<RunView>($"runs/{Uri.EscapeDataString(run)}/approval", decision, call.Cancellation);
            string quote = view.Quote is { } q ? $" of {Say.Usd(q.LowUsd)} to {Say.Usd(q.HighUsd)}" : "";
            call.Terminal.Answer(view, writer => writer.WriteLine($"{run}: quote{quote} {(decision.Approved ? "approved, it goes on" : "rejected, nothing is spent")}."));
            return ExitCode.Ok;
        });
    }

    public static Command Cancel() => Steer("cancel", "Cancel a run with its jobs and deployments.", "is being cancelled with its jobs");

    public static Command Suspend() => Steer("suspend", "Suspend a run where it stands; jobs at the provider go on.", "is suspended");

    public static Command Resume() => Steer("resume", "Let a suspended run go on.", "goes on");

    public static Command Rerun()
    {
        Argument<string> id = RunArguments.Id();
        Option<Uri?> host = RunArguments.Host();
        var anew = new Option<bool>("--anew") { Description = "Train and ask again, and pay for it, rather than adopt what the run has paid for." };
        return new Command("rerun", "Run an ended run's drop and recipe once more, as a run of its own; files, jobs and answers that it has paid for are adopted.") { id, anew, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string run = await client.ResolveAsync(call.Get(id), call.Cancellation);
            StartedRun started = await client.PostAsync<StartedRun>($"runs/{Uri.EscapeDataString(run)}/rerun{(call.Get(anew) ? "?anew=true" : "")}", null, call.Cancellation);
            call.Terminal.Answer(started, writer => writer.WriteLine($"{started.RunId} runs what {run} ran. Follow it: ftf watch {started.RunId}"));
            return ExitCode.Ok;
        });
    }

    private static Command Steer(string verb, string description, string done)
    {
        Argument<string> id = RunArguments.Id();
        var reason = new Option<string?>("--reason") { Description = "Kept in the run's history." };
        Option<Uri?> host = RunArguments.Host();
        return new Command(verb, description) { id, reason, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string run = await client.ResolveAsync(call.Get(id), call.Cancellation);
            RunView view = await client.PostAsync<RunView>(
                $"runs/{Uri.EscapeDataString(run)}/{verb}", new SteeringRequest(Environment.UserName, call.Get(reason)), call.Cancellation);
            call.Terminal.Answer(view, writer => writer.WriteLine($"{run} {done}."));
            return ExitCode.Ok;
        });
    }
}
