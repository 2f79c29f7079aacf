using System.CommandLine;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf watch</c>: follows a run to its end.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        Argument<string> id = RunArguments.Id();
        Option<Uri?> host = RunArguments.Host();
        return new Command("watch", "Follow a run to its end, which is the comparison and the verdict. Ctrl-C stops watching, not the run.") { id, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string run = await client.ResolveAsync(call.Get(id), call.Cancellation);
            return await RunWatch.FollowAsync(client, run, call.Terminal, call.Cancellation);
        });
    }
}
