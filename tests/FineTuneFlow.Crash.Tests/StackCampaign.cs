using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Crash.Tests;

/// <summary>The local stack on plain files, any of whose processes is killed at any moment: <c>up</c>, the host, the simulator, the
/// trainer of an encoder or the shell around it. Meanwhile it is written to over HTTP. In the end every acknowledged write is there, every
/// run has ended, and each candidate has one job.</summary>
internal sealed class StackCampaign(CampaignOptions options, Action<string> say)
{
    private const int Candidates = 2;

    /// <summary>A baseline whose program is gone five times is given up, so that one that takes its machine down ends.</summary>
    private const int MostTrainerKills = 3;

    private static readonly string[] Victims = ["host", "simulator", "up", "trainer", "start"];
    private static readonly TimeSpan TrainerPatience = TimeSpan.FromSeconds(20);
    private readonly Random _random = new(options.Seed);
    private readonly SortedDictionary<string, int> _killed = [];
    private readonly Dictionary<string, int> _trainersKilled = [];

    private static string Recipe => $$"""
        {
          "candidates": [
            { "name": "one", "model": "babbage-002", "epochs": 1 },
            { "name": "two", "continueFrom": "one", "epochs": 1 }
          ],
          "baselines": [
            { "name": "linear" },
            { "name": "tiny", "kind": "encoder", "model": "{{Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert")}}", "epochs": 3, "learningRate": 0.01, "batchSize": 8 }
          ],
          "budget": { "usd": 1000, "approveAbove": 1000 },
          "evaluation": { "chunkRows": 5, "maxConcurrency": 4 }
        }
        """;

    /// <summary>The campaign whole.</summary>
    /// <returns>What it came to, in a sentence.</returns>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        using var home = new StackHome();
        using var promises = new StackPromises(home);
        await File.WriteAllTextAsync(home.Settings, Settings(home), cancellation);
        int started = 0;
        var clock = Stopwatch.StartNew();
        StackProcess? stack = null;
        try
        {
            for (int kill = 1; kill <= options.Kills; kill++)
            {
                string victim = Victims[_random.Next(Victims.Length)];
                if (victim == "start" && stack is null)
                {
                    await KillAtStartAsync(home, cancellation);
                    Count("up while it starts");
                    continue;
                }

                if (stack is null)
                {
                    stack = await StackProcess.UpAsync(home, cancellation);
                    await ReadBackAsync(stack, promises, $"seed {options.Seed}, before kill {kill}");
                }

                // Spread over the campaign, so that no kill hits a stack that has nothing left to do. A trainer lives for seconds: where one
                // is to be killed and none is at work, the next run brings one.
                while (started < options.Runs
                    && (started * options.Kills <= (kill - 1) * options.Runs || (victim == "trainer" && started <= (kill * options.Runs / options.Kills) + 1 && !TrainersAtWork(home).Any())))
                {
                    (await promises.RunAsync(Project(started), Csv(started), Recipe)).ShouldBeTrue(stack.Output);
                    started++;
                }

                using (var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
                {
                    Task writing = promises.WriteAsync(stop.Token);
                    if (victim == "trainer")
                    {
                        await TrainerAtWorkAsync(home, cancellation);
                    }

                    await Task.Delay(victim == "trainer" ? _random.Next(50, 1_000) : _random.Next(100, 3_000), cancellation);
                    stack.HasExited.ShouldBeFalse($"seed {options.Seed}, kill {kill}: the stack ended by itself:\n{stack.Output}");
                    bool trainer = victim == "trainer" && KillTrainer(home);
                    if (!trainer)
                    {
                        victim = victim is "trainer" or "start" ? "host" : victim;
                        stack.Kill(victim);
                        await stack.EndedAsync(cancellation);
                        stack.Dispose();
                        stack = null;
                        Count(victim);
                    }

                    await stop.CancelAsync();
                    await writing;
                }

                if (kill % 10 == 0)
                {
                    say($"{kill} kills, {started} runs begun, {clock.Elapsed.TotalSeconds:0} s, {promises.Count} writes acknowledged and read back");
                }
            }

            stack ??= await StackProcess.UpAsync(home, cancellation);
            for (; started < options.Runs; started++)
            {
                (await promises.RunAsync(Project(started), Csv(started), Recipe)).ShouldBeTrue(stack.Output);
            }

            await ProveAsync(stack, promises, cancellation);
        }
        finally
        {
            if (stack is not null)
            {
                if (!stack.HasExited)
                {
                    stack.Kill("up");
                }

                await stack.EndedAsync(CancellationToken.None);
                stack.Dispose();
            }
        }

        return $"{options.Kills} kills ({string.Join(", ", _killed.Select(one => $"{one.Key} {one.Value}"))}) over {options.Runs} runs: every run ended, "
            + $"{options.Runs * Candidates} jobs for {options.Runs * Candidates} candidates, {promises.Count} acknowledged writes read back, figures as undisturbed";
    }

    private async Task ProveAsync(StackProcess stack, StackPromises promises, CancellationToken cancellation)
    {
        foreach (string run in promises.Runs)
        {
            JsonNode ended = await EndAsync(stack, promises, run, cancellation);
            ended["outcome"]!.GetValue<string>().ShouldBe("succeeded", $"seed {options.Seed}: {ended.ToJsonString()}");
        }

        await ReadBackAsync(stack, promises, $"seed {options.Seed}, at the end");
        JsonNode ledger = await promises.LedgerAsync();
        ledger["jobsCreated"]!.GetValue<int>().ShouldBe(options.Runs * Candidates, $"seed {options.Seed}: jobs paid for");
        ledger["duplicateJobs"]!.GetValue<int>().ShouldBe(0, $"seed {options.Seed}");

        // The same once more, with nothing killed, gives the same figures.
        string first = promises.Runs.First();
        JsonNode undisturbed = await EndAsync(stack, promises, await promises.RerunAsync(first), cancellation);
        Figures(await promises.RunAsync(first)).ShouldBe(Figures(undisturbed), $"seed {options.Seed}: {first}");
    }

    /// <summary>What cannot be read back since nobody answers tells what the stack has said.</summary>
    private static async Task ReadBackAsync(StackProcess stack, StackPromises promises, string when)
    {
        try
        {
            await promises.ReadBackAsync(when);
        }
        catch (HttpRequestException gone)
        {
            throw new InvalidOperationException($"{when}: {gone.Message}; the stack {(stack.HasExited ? "has ended" : "still runs")}:\n{stack.Output}", gone);
        }
    }

    private static async Task<JsonNode> EndAsync(StackProcess stack, StackPromises promises, string run, CancellationToken cancellation)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            JsonNode now = await promises.RunAsync(run);
            if (now["endedAt"] is not null)
            {
                return now;
            }

            stack.HasExited.ShouldBeFalse($"the stack ended by itself:\n{stack.Output}");
            await look.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>By candidate; the champion is judged in the second run only.</summary>
    private static SortedDictionary<string, double> Figures(JsonNode run) => new(run["candidates"]!.AsArray().Select(one => one!["record"]!)
        .Where(record => record["name"]!.GetValue<string>() != "champion")
        .ToDictionary(record => record["name"]!.GetValue<string>(), record => record["accuracy"]!.GetValue<double>()));

    private async Task KillAtStartAsync(StackHome home, CancellationToken cancellation)
    {
        using StackProcess stack = StackProcess.Begin(home);
        await Task.Delay(_random.Next(50, 2_000), cancellation);
        if (!stack.HasExited)
        {
            stack.Kill("up");
        }

        await stack.EndedAsync(cancellation);
    }

    /// <summary>Kills a trainer at work, or the shell that waits for it; false where there is none, or it was killed often enough.</summary>
    private bool KillTrainer(StackHome home)
    {
        foreach ((string folder, int shell) in TrainersAtWork(home))
        {
            bool shellToo = _random.Next(2) == 0;
            if (TrainerProcess.Kill(shell, shellToo))
            {
                _trainersKilled[folder] = _trainersKilled.GetValueOrDefault(folder) + 1;
                Count(shellToo ? "trainer's shell" : "trainer");
                return true;
            }
        }

        return false;
    }

    /// <summary>Those that may be killed once more.</summary>
    private IEnumerable<(string Folder, int Shell)> TrainersAtWork(StackHome home) =>
        TrainerProcess.In(home.Baselines).Where(one => _trainersKilled.GetValueOrDefault(one.Folder) < MostTrainerKills);

    /// <summary>Returns when there is a trainer to be killed, or none has come for a while.</summary>
    private async Task TrainerAtWorkAsync(StackHome home, CancellationToken cancellation)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TrainerPatience && !TrainersAtWork(home).Any();)
        {
            await look.WaitForNextTickAsync(cancellation);
        }
    }

    private void Count(string victim) => _killed[victim] = _killed.GetValueOrDefault(victim) + 1;

    private static string Settings(StackHome home) => new JsonObject
    {
        ["Values"] = new JsonObject
        {
            ["LogLevel"] = "Warning",
            ["Baselines__Command"] = $"dotnet \"{Trainer}\"",
            ["Baselines__WorkFolder"] = home.Baselines,
        },
    }.ToJsonString();

    /// <summary>The trainer that was built with these tests, in its own folder: it carries its native library.</summary>
    private static string Trainer
    {
        get
        {
            string built = AppContext.BaseDirectory.Replace("tests/FineTuneFlow.Crash.Tests", "src/FineTuneFlow.Trainer", StringComparison.Ordinal);
            string program = Path.Combine(built, "FineTuneFlow.Trainer.dll");
            File.Exists(program).ShouldBeTrue($"{program} is not built: build FineTuneFlow.sln");
            return program;
        }
    }

    private static string Project(int run) => $"crash-{run:D3}";

    /// <summary>Reviews in the few words that the tiny encoder knows, and a number that makes each text one of its own.</summary>
    private string Csv(int run)
    {
        var made = new Random((options.Seed * 1_000) + run);
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < 120; i++)
        {
            bool good = made.Next(2) == 0;
            string word = (made.Next(6) == 0) != good ? "good" : "bad";
            csv.Append(CultureInfo.InvariantCulture, $"so {word} {(char)('a' + made.Next(10))} {(char)('a' + made.Next(10))} {run} {i},{(good ? 3 : 1)}\n");
        }

        return csv.ToString();
    }
}
