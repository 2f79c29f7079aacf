using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Crash.Tests;

/// <summary>Runs side by side under a random fault plan, their host killed again and again at random moments; then the proof that
/// nothing was lost and nothing was paid twice.</summary>
internal sealed class CrashCampaign(CampaignOptions options, Action<string> say)
{
    private const int Candidates = 3;
    private const string Recipe = """
        {
          "dataset": { "text": "review", "label": "star" },
          "candidates": [
            { "name": "babbage-1", "model": "babbage-002", "epochs": 1 },
            { "name": "babbage-2", "continueFrom": "babbage-1", "epochs": 1 },
            { "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }
          ],
          "baselines": [{ "name": "linear" }],
          "budget": { "usd": 1000, "approveAbove": 1000 },
          "evaluation": { "chunkRows": 5, "maxConcurrency": 4 }
        }
        """;

    /// <summary>How long a host lives at the most once it has started, in starts.</summary>
    private const double StartsLived = 3;

    private readonly Random _random = new(options.Seed);

    /// <summary>What the last start took that was waited for.</summary>
    private TimeSpan _start = TimeSpan.FromSeconds(1);

    /// <summary>The campaign whole.</summary>
    /// <returns>What it came to, in a sentence.</returns>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        Dictionary<string, JsonNode> expected = await UndisturbedAsync(cancellation);
        await using Cloud cloud = await Cloud.StartAsync(options);
        await cloud.FaultsAsync(FaultPlan());
        int dropped = 0;
        var recorded = new Dictionary<(string Model, string Row), int>();
        for (int kill = 1; kill <= options.Kills; kill++)
        {
            // Spread over the campaign, so that no kill hits a host that has nothing left to do.
            while (dropped < options.Runs && dropped * options.Kills <= (kill - 1) * options.Runs)
            {
                await cloud.DropAsync(Project(dropped), Csv(dropped), Recipe);
                dropped++;
            }

            using HostProcess host = HostProcess.Start(cloud.Settings);
            await LiveAsync(cloud, host, cancellation);
            host.HasExited.ShouldBeFalse($"the host ended by itself:\n{host.Output}");
            host.Kill();
            foreach ((var key, int asked) in await cloud.AskedInRecordedChunksAsync())
            {
                // What was recorded at an earlier kill must not have been asked since.
                recorded.TryAdd(key, asked);
                asked.ShouldBe(recorded[key], $"seed {options.Seed}, kill {kill}: a row of a recorded chunk was asked again");
            }

            if (kill % 25 == 0)
            {
                say($"{kill} kills, {recorded.Count} answers recorded");
            }
        }

        await FinishAsync(cloud, cancellation);
        await ProveAsync(cloud, expected, recorded);
        return $"{options.Profile}: {options.Kills} kills over {options.Runs} runs: every run ended, {options.Runs * Candidates} jobs for {options.Runs * Candidates} candidates, "
            + $"{recorded.Count} recorded answers never asked again, reports as undisturbed";
    }

    /// <summary>Waits for the moment of a kill. One in four falls into the host's start; the others come later, by as many of its own starts as
    /// chance says, so that on a busy machine too it gets to uploads, jobs and questions before it dies.</summary>
    private async Task LiveAsync(Cloud cloud, HostProcess host, CancellationToken cancellation)
    {
        DateTimeOffset? before = await cloud.LastStartAsync(cancellation);
        (bool early, double share) = (_random.Next(4) == 0, _random.NextDouble());
        if (early)
        {
            await Task.Delay(_start * share, cancellation);
            return;
        }

        long begun = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await cloud.LastStartAsync(cancellation) == before && !host.HasExited)
        {
            await look.WaitForNextTickAsync(cancellation);
        }

        _start = Stopwatch.GetElapsedTime(begun);
        await Task.Delay(_start * (share * StartsLived * options.Pace), cancellation);
    }

    private async Task ProveAsync(Cloud cloud, Dictionary<string, JsonNode> expected, Dictionary<(string Model, string Row), int> recorded)
    {
        JsonNode ledger = await cloud.LedgerAsync();
        ledger["jobsCreated"]!.GetValue<int>().ShouldBe(options.Runs * Candidates, $"seed {options.Seed}: jobs paid for");
        if (BuiltInProfiles.Get(options.Profile).KeepsMetadata)
        {
            // Jobs are told apart by their metadata; without any they all look alike, and their number says it.
            ledger["duplicateJobs"]!.GetValue<int>().ShouldBe(0, $"seed {options.Seed}");
        }

        foreach ((var key, int asked) in await cloud.AskedInRecordedChunksAsync())
        {
            if (recorded.TryGetValue(key, out int before))
            {
                asked.ShouldBe(before, $"seed {options.Seed}: a row of a recorded chunk was asked again");
            }
        }

        foreach (RunRecord run in await cloud.RunsAsync())
        {
            run.Outcome.ShouldBe(RunOutcome.Succeeded, $"seed {options.Seed}, {run.RunId}: {run.Failure}");
            JsonNode report = await ReportAsync(cloud, run.RunId);
            Differences(report, expected[run.RunId], "").ShouldBeEmpty($"seed {options.Seed}: the report of {run.RunId} differs from that of the undisturbed run");
        }
    }

    /// <summary>The same drops on a second cloud, without faults and kills.</summary>
    private async Task<Dictionary<string, JsonNode>> UndisturbedAsync(CancellationToken cancellation)
    {
        await using Cloud cloud = await Cloud.StartAsync(options);
        for (int run = 0; run < options.Runs; run++)
        {
            await cloud.DropAsync(Project(run), Csv(run), Recipe);
        }

        await FinishAsync(cloud, cancellation);
        var reports = new Dictionary<string, JsonNode>();
        foreach (RunRecord run in await cloud.RunsAsync())
        {
            run.Outcome.ShouldBe(RunOutcome.Succeeded, $"undisturbed, {run.RunId}: {run.Failure}");
            reports[run.RunId] = await ReportAsync(cloud, run.RunId);
        }

        return reports;
    }

    private async Task FinishAsync(Cloud cloud, CancellationToken cancellation)
    {
        using HostProcess host = HostProcess.Start(cloud.Settings);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await look.WaitForNextTickAsync(cancellation))
        {
            host.HasExited.ShouldBeFalse($"the host ended by itself:\n{host.Output}");
            List<RunRecord> runs = await cloud.RunsAsync();
            if (runs.Count == options.Runs && runs.TrueForAll(r => r.EndedAt is not null))
            {
                say($"{options.Runs} runs have ended");
                return;
            }
        }
    }

    /// <summary>Where two reports say something else, with both.</summary>
    private static IEnumerable<string> Differences(JsonNode? one, JsonNode? other, string path) => (one, other) switch
    {
        (JsonObject a, JsonObject b) => a.Select(member => member.Key).Union(b.Select(member => member.Key)).SelectMany(name => Differences(a[name], b[name], $"{path}.{name}")),
        (JsonArray a, JsonArray b) when a.Count == b.Count => a.Zip(b).SelectMany((pair, i) => Differences(pair.First, pair.Second, $"{path}[{i}]")),
        _ => JsonNode.DeepEquals(one, other) ? [] : [$"{path}: {one?.ToJsonString()} and {other?.ToJsonString()}"],
    };

    /// <summary>A report without what must differ: times, and ids that the service gives.</summary>
    private static async Task<JsonNode> ReportAsync(Cloud cloud, string runId)
    {
        JsonNode report = JsonNode.Parse(await cloud.Store.ReadBytesAsync(RunPaths.Report(runId, "json")))!;
        Strip(report);
        return report;
    }

    private static void Strip(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                foreach (string name in new[] { "startedAt", "endedAt", "stages", "jobId", "tunedModel", "trainingTime", "latency", "hostingHours", "model" })
                {
                    // "model" is an id only in the checkpoints of a curve.
                    if (name != "model" || o.ContainsKey("step"))
                    {
                        o.Remove(name);
                    }
                }

                foreach ((string _, JsonNode? child) in o)
                {
                    Strip(child);
                }

                break;
            case JsonArray a:
                foreach (JsonNode? child in a)
                {
                    Strip(child);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Everything that a service and a network do, each now and then: by call, so that none of it is certain.</summary>
    private string FaultPlan()
    {
        string P(double most) => (_random.NextDouble() * most).ToString("0.000", CultureInfo.InvariantCulture);
        return $$"""
            {
              "seed": {{options.Seed}},
              "rules": [
                { "match": "POST {{options.Side}}/{{options.Jobs}}", "probability": {{P(0.5)}}, "action": "lostAnswer" },
                { "match": "POST {{options.Side}}/{{options.Jobs}}", "probability": {{P(0.3)}}, "action": "slow", "milliseconds": 700 },
                { "match": "POST {{options.Side}}/{{options.Jobs}}", "probability": {{P(0.3)}}, "action": "unavailable" },
                { "match": "POST {{options.Side}}/files", "probability": {{P(0.3)}}, "action": "lostAnswer" },
                { "match": "POST {{options.Side}}/files", "probability": {{P(0.2)}}, "action": "resetUpload" },
                { "match": "GET {{options.Side}}/**", "probability": {{P(0.1)}}, "action": "serverError" },
                { "match": "GET {{options.Side}}/**", "probability": {{P(0.1)}}, "action": "lostAnswer" },
                { "match": "GET {{options.Side}}/files/*/content", "probability": {{P(0.5)}}, "action": "base64Content" },
                { "match": "POST {{options.Side}}/completions", "probability": {{P(0.05)}}, "action": "rateLimit", "retryAfter": 0.1 },
                { "match": "POST {{options.Side}}/chat/completions", "probability": {{P(0.05)}}, "action": "lostAnswer" }
              ]
            }
            """;
    }

    private static string Project(int run) => $"crash-{run:D3}";

    private string Csv(int run)
    {
        string[][] words = [["terrible", "awful", "broken"], ["poor", "slow", "buggy"], ["okay", "average", "fine"], ["good", "nice", "useful"], ["perfect", "love", "best"]];
        var made = new Random((options.Seed * 1_000) + run);
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < 100; i++)
        {
            int star = made.Next(5);
            csv.Append(CultureInfo.InvariantCulture, $"run {run} row {i}: {words[star][made.Next(3)]} and {words[star][made.Next(3)]} app {made.Next(50)},{star + 1}\n");
        }

        return csv.ToString();
    }
}
