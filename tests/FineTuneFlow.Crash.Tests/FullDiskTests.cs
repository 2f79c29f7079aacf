using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Crash.Tests;

/// <summary>The whole local stack on a disk that is full for a while.</summary>
public sealed class FullDiskTests
{
    private const string Recipe = """
        {
          "candidates": [{ "name": "one", "model": "babbage-002", "epochs": 1 }],
          "baselines": [{ "name": "linear" }],
          "budget": { "usd": 1000, "approveAbove": 1000 },
          "evaluation": { "chunkRows": 5, "maxConcurrency": 4 }
        }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_run_goes_on_by_itself_when_the_disk_has_room_again_and_nothing_acknowledged_is_lost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A small disk is mounted as a tmpfs, which is Linux' own.");
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var home = new StackHome();
        using SmallDisk? disk = SmallDisk.TryMount(home.Folder, megabytes: 24);
        Assert.SkipUnless(disk is not null, "mounting a small disk needs root");
        using var promises = new StackPromises(home);
        await File.WriteAllTextAsync(home.Settings, """{ "Values": { "LogLevel": "Warning" } }""", cancellation);
        using StackProcess stack = await StackProcess.UpAsync(home, cancellation);
        (await promises.RunAsync("full", Csv(), Recipe)).ShouldBeTrue(stack.Output);

        for (int write = 0; write < 3; write++)
        {
            (await promises.WriteOneAsync()).ShouldBeNull();
        }

        disk.Fill();
        string[] refusals = await RefusalsAsync(promises, count: 12);

        refusals.Where(said => !said.Contains("disk", StringComparison.Ordinal)).ShouldBeEmpty();
        stack.HasExited.ShouldBeFalse(stack.Output);
        await promises.ReadBackAsync("while the disk is full");
        disk.MakeRoom();

        string run = promises.Runs.Single();
        JsonNode ended = await EndAsync(promises, run);
        ended["outcome"]!.GetValue<string>().ShouldBe("succeeded", ended.ToJsonString());
        (await promises.WriteOneAsync()).ShouldBeNull();
        await promises.ReadBackAsync("with room again");
        (await promises.LedgerAsync())["jobsCreated"]!.GetValue<int>().ShouldBe(1);
        stack.Kill("up");
        await stack.EndedAsync(cancellation);
    }

    /// <summary>What is said to writes on a full disk; some still find room.</summary>
    private static async Task<string[]> RefusalsAsync(StackPromises promises, int count)
    {
        var refusals = new List<string>();
        for (var clock = Stopwatch.StartNew(); refusals.Count < count && clock.Elapsed < Patience;)
        {
            if (await promises.WriteOneAsync() is { } said)
            {
                refusals.Add(said);
            }
        }

        refusals.Count.ShouldBe(count, "the disk was never full");
        return [.. refusals];
    }

    private static async Task<JsonNode> EndAsync(StackPromises promises, string run)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var clock = Stopwatch.StartNew(); ; await look.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            JsonNode now = await promises.RunAsync(run);
            if (now["endedAt"] is not null)
            {
                return now;
            }

            clock.Elapsed.ShouldBeLessThan(Patience, now.ToJsonString());
        }
    }

    private static string Csv() => "review,star\n" + string.Concat(Enumerable.Range(0, 120).Select(i => $"so {(i % 3 == 0 ? "bad" : "good")} {i},{(i % 3 == 0 ? 1 : 3)}\n"));
}
