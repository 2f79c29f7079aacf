using System.CommandLine;
using System.Globalization;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf clean</c>: deletes old runs, never one that a version comes from.</summary>
internal static class CleanCommand
{
    public static Command Create()
    {
        var olderThan = new Option<TimeSpan?>("--older-than") { Description = "Runs that ended so long ago: 30d, 12h.", HelpName = "AGE", CustomParser = Age };
        var keep = new Option<int>("--keep") { Description = "The newest so many of each project stay, however old.", DefaultValueFactory = _ => 0, HelpName = "N" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be deleted." };
        Option<Uri?> host = RunArguments.Host();
        return new Command("clean", "Delete ended runs with their files and history; those that a champion comes from stay.") { olderThan, keep, dryRun, host }.Runs(async call =>
        {
            if (call.Get(olderThan) is null && call.Get(keep) <= 0)
            {
                throw new FlowException(FailureKind.InvalidInput, "neither --older-than nor --keep is given", "Say which runs may go: ftf clean --older-than 30d --keep 5");
            }

            using HostClient client = HostClient.For(call.Get(host));
            CleanedRuns cleaned = await CleanAsync(client, call.Get(olderThan) ?? TimeSpan.Zero, call.Get(keep), call.Get(dryRun), call.Cancellation);
            call.Terminal.Answer(cleaned, writer => Write(writer, cleaned));
            return ExitCode.Ok;
        });
    }

    private static async Task<CleanedRuns> CleanAsync(HostClient client, TimeSpan age, int keep, bool dryRun, CancellationToken cancellation)
    {
        DateTimeOffset before = DateTimeOffset.UtcNow - age;
        var deleted = new List<string>();
        var refused = new Dictionary<string, string>();
        foreach (RunView run in OldRuns.Of(await AllAsync(client, cancellation), before, keep))
        {
            try
            {
                await client.DeleteAsync($"runs/{Uri.EscapeDataString(run.RunId)}{(dryRun ? "?dryRun=true" : "")}", cancellation);
                deleted.Add(run.RunId);
            }
            catch (FlowException stays) when (OldRuns.Stays(stays))
            {
                refused[run.RunId] = stays.Failure.Message;
            }
        }

        return new CleanedRuns(dryRun, deleted, refused);
    }

    /// <summary>All runs, newest first, read before any is deleted, so that no page moves under the reading.</summary>
    private static async Task<List<RunView>> AllAsync(HostClient client, CancellationToken cancellation)
    {
        var all = new List<RunView>();
        string? continuation = null;
        do
        {
            string more = continuation is null ? "" : $"&continuation={Uri.EscapeDataString(continuation)}";
            RunList page = await client.GetAsync<RunList>($"runs?top=1000{more}", cancellation);
            all.AddRange(page.Runs);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return all;
    }

    private static void Write(TextWriter writer, CleanedRuns cleaned)
    {
        foreach (string run in cleaned.Deleted)
        {
            writer.WriteLine(run);
        }

        foreach ((string run, string why) in cleaned.Kept)
        {
            writer.WriteLine($"{run} stays: {why}");
        }

        writer.WriteLine($"{Formatting.Counted(cleaned.Deleted.Count, "run")} {(cleaned.DryRun ? "would be deleted" : "deleted")}.");
    }

    private static TimeSpan? Age(System.CommandLine.Parsing.ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number <= 36_500)
        {
            switch (text[^1])
            {
                case 'd':
                    return TimeSpan.FromDays(number);
                case 'h':
                    return TimeSpan.FromHours(number);
                case 'm':
                    return TimeSpan.FromMinutes(number);
            }
        }

        result.AddError($"--older-than: \"{text}\" is not an age such as 30d, 12h or 90m");
        return null;
    }
}

/// <param name="DryRun">Nothing was deleted.</param>
/// <param name="Deleted">Ids of what was, or would be.</param>
/// <param name="Kept">Old enough, but refused, with the reason.</param>
internal sealed record CleanedRuns(bool DryRun, IReadOnlyList<string> Deleted, IReadOnlyDictionary<string, string> Kept);
