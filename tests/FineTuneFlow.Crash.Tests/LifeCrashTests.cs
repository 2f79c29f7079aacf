using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;

namespace FineTuneFlow.Crash.Tests;

/// <summary>SIGKILL in a champion's life: while it is retrained, while a file is asked, while its deployment is renewed.</summary>
public sealed class LifeCrashTests(ITestOutputHelper output)
{
    private const string Account = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.CognitiveServices/accounts/account";
    private readonly CampaignOptions _options = CampaignOptions.FromEnvironment();

    private Random _random = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 600_000)]
    public async Task A_retrain_that_is_killed_again_and_again_makes_one_job()
    {
        await using Cloud cloud = await BeginAsync();
        (Dictionary<string, string> settings, Uri address) = Settings(cloud);
        using (HostProcess host = HostProcess.Start(settings))
        {
            await ChampionAsync(cloud, "retrained", "simulator", "gpt-3.5-turbo");
        }

        // Beside the drops, so that no drop starts a run of its own.
        await cloud.Store.WriteBytesAsync(BlobPath.Of(RunPaths.Uploads, "retrained/more.csv"), Encoding.UTF8.GetBytes(Csv(200, 9)));
        for (int kill = 1; kill <= _options.Kills; kill++)
        {
            using HostProcess host = HostProcess.Start(settings);
            using var http = new HttpClient { BaseAddress = address };
            await WellAsync(http, host);
            Task<HttpResponseMessage> asked = http.PostAsJsonAsync("projects/retrained/retrain", new { }, Cancellation);
            await Task.Delay(_random.Next(50, 2_500), Cancellation);
            host.Kill();
            await asked.ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        using (HostProcess host = HostProcess.Start(settings))
        {
            using var http = new HttpClient { BaseAddress = address };
            await WellAsync(http, host);
            (await http.PostAsJsonAsync("projects/retrained/retrain", new { }, Cancellation)).EnsureSuccessStatusCode();
            await UntilAsync(host, async () => await cloud.RunsAsync() is { Count: 2 } runs && runs.TrueForAll(run => run.EndedAt is not null));
        }

        (await cloud.RunsAsync()).ShouldAllBe(run => run.Outcome == RunOutcome.Succeeded);
        JsonNode ledger = await cloud.LedgerAsync();
        ledger["jobsCreated"]!.GetValue<int>().ShouldBe(2, $"seed {_options.Seed}: one of the drop, one of the retrain");
        ledger["duplicateJobs"]!.GetValue<int>().ShouldBe(0, $"seed {_options.Seed}");
    }

    [Fact(Timeout = 600_000)]
    public async Task A_file_whose_asking_is_killed_again_and_again_is_asked_row_by_row_once()
    {
        const int Rows = 600;
        await using Cloud cloud = await BeginAsync();
        (Dictionary<string, string> settings, Uri address) = Settings(cloud);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-crash-batch-");
        string file = Path.Combine(folder.FullName, "new.csv");
        string answers = Path.Combine(folder.FullName, "answers.csv");
        string[] texts = [.. Enumerable.Range(0, Rows).Select(i => $"never seen before {i}")];
        await File.WriteAllLinesAsync(file, ["text", .. texts], Cancellation);
        using HostProcess host = HostProcess.Start(settings);
        ChampionVersion champion = await ChampionAsync(cloud, "asked", "simulator", "gpt-3.5-turbo");
        for (int kill = 1; kill <= _options.Kills; kill++)
        {
            using Process ftf = Ask(file, answers, address);
            await Task.Delay(_random.Next(200, 2_000), Cancellation);
            ftf.Kill();
            await ftf.WaitForExitAsync(Cancellation);
        }

        using (Process ftf = Ask(file, answers, address))
        {
            string error = await ftf.StandardError.ReadToEndAsync(Cancellation);
            await ftf.WaitForExitAsync(Cancellation);
            ftf.ExitCode.ShouldBe(0, error);
        }

        (await File.ReadAllLinesAsync(answers, Cancellation)).Length.ShouldBe(Rows + 1);
        int[] counts = await AskedAsync(cloud, champion, texts);
        counts.ShouldAllBe(count => count == 1, $"seed {_options.Seed}");
        folder.Delete(recursive: true);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_host_that_is_killed_again_and_again_in_the_middle_of_a_file_asks_no_row_again_whose_answer_it_has_heard()
    {
        const int Rows = 600;
        await using Cloud cloud = await BeginAsync();
        (Dictionary<string, string> settings, Uri address) = Settings(cloud);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-crash-piece-");
        string file = Path.Combine(folder.FullName, "new.csv");
        string answers = Path.Combine(folder.FullName, "answers.csv");
        string[] texts = [.. Enumerable.Range(0, Rows).Select(i => $"never seen before {i}")];
        await File.WriteAllLinesAsync(file, ["text", .. texts], Cancellation);
        ChampionVersion champion;
        using (HostProcess host = HostProcess.Start(settings))
        {
            champion = await ChampionAsync(cloud, "asked", "simulator", "gpt-3.5-turbo");
        }

        // Answers take long enough that a kill comes between those of one piece.
        await cloud.FaultsAsync("""{ "rules": [{ "match": "POST /v1/chat/completions", "action": "slow", "milliseconds": 150 }] }""");
        int kept = 0;
        int unheard = 0;

        // When a host is well again: the emulator may still have been storing what the one before had sent as it was killed.
        async Task LookAsync()
        {
            kept = await KeptAnswersAsync(cloud);
            unheard = (await AskedAsync(cloud, champion, texts)).Sum() - kept;
        }

        for (int kill = 1; kill <= _options.Kills; kill++)
        {
            using HostProcess host = HostProcess.Start(settings);
            using var http = new HttpClient { BaseAddress = address };
            await WellAsync(http, host);
            await LookAsync();
            using Process ftf = Ask(file, answers, address);
            await Task.Delay(_random.Next(1_000, 4_000), Cancellation);
            host.Kill();
            await ftf.WaitForExitAsync(Cancellation);
        }

        using (HostProcess host = HostProcess.Start(settings))
        {
            using var http = new HttpClient { BaseAddress = address };
            await WellAsync(http, host);
            await LookAsync();
            using Process ftf = Ask(file, answers, address);
            string error = await ftf.StandardError.ReadToEndAsync(Cancellation);
            await ftf.WaitForExitAsync(Cancellation);
            ftf.ExitCode.ShouldBe(0, error);
        }

        (await File.ReadAllLinesAsync(answers, Cancellation)).Length.ShouldBe(Rows + 1);
        int[] counts = await AskedAsync(cloud, champion, texts);
        counts.ShouldAllBe(count => count >= 1, $"seed {_options.Seed}");
        output.WriteLine($"{kept} answers were kept at the last kill, {unheard} were on their way at one of the kills");
        counts.Sum().ShouldBeLessThanOrEqualTo(Rows + unheard, $"seed {_options.Seed}: asked twice is only what was on its way when a host was killed");
        folder.Delete(recursive: true);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_renewal_that_is_killed_again_and_again_leaves_the_one_deployment_that_is_listed()
    {
        await using Cloud cloud = await BeginAsync(speed: 20);
        (Dictionary<string, string> settings, Uri address) = Settings(cloud);
        foreach ((string name, string value) in new (string, string)[]
        {
            ("Kind", "azureOpenAI"), ("BaseAddress", cloud.Simulator + "openai/v1/"), ("Key", "crash"), ("Deployment__Subscription", "sub"), ("Deployment__ResourceGroup", "group"),
            ("Deployment__Account", "account"), ("Deployment__ControlPlane", cloud.Simulator.ToString()), ("Deployment__Token", "crash"), ("Deployment__HourlyUsd", "0"),
        })
        {
            settings[$"Providers__azure__{name}"] = value;
        }

        using (HostProcess host = HostProcess.Start(settings))
        {
            await ChampionAsync(cloud, "renewed", "azure", "gpt-4.1-mini");
            using var http = new HttpClient { BaseAddress = address };
            await WakeAsync(http, host, cloud);
            await UntilAsync(host, async () => (await ServingAsync(cloud)).Deployments is [{ Active: not null, Coming: null }]);
            host.Kill();
        }

        ServedDeployment first = (await ServingAsync(cloud)).Deployments.Single();
        // Nearly a day old: a free tier's deployment is renewed before the day is over.
        await cloud.Store.WriteJsonAsync(RunPaths.Serving("renewed"), new ServingState([first with { ActiveSince = DateTimeOffset.UtcNow.AddHours(-21) }]));
        for (int kill = 1; kill <= _options.Kills; kill++)
        {
            using HostProcess host = HostProcess.Start(settings);
            using var http = new HttpClient { BaseAddress = address };
            await WakeAsync(http, host, cloud);
            await Task.Delay(_random.Next(0, 1_500), Cancellation);
            host.Kill();
            // At no moment has it less than one that answers, or more than the one that comes besides.
            ServingState between = await ServingAsync(cloud);
            string[] standing = await cloud.DeploymentsAsync(Account);
            standing.ShouldBeSubsetOf([.. between.Deployments.SelectMany(one => new[] { one.Active, one.Coming, first.Active }).OfType<string>()], $"seed {_options.Seed}, kill {kill}");
            standing.Length.ShouldBeInRange(1, 2, $"seed {_options.Seed}, kill {kill}");
        }

        using (HostProcess host = HostProcess.Start(settings))
        {
            using var http = new HttpClient { BaseAddress = address };
            await WakeAsync(http, host, cloud);
            await UntilAsync(host, async () => (await ServingAsync(cloud)).Deployments is [{ Active: { } active, Coming: null }] && active != first.Active);
        }

        ServedDeployment renewed = (await ServingAsync(cloud)).Deployments.Single();
        (renewed.Generation, renewed.Model).ShouldBe((first.Generation + 1, first.Model));
        (await cloud.DeploymentsAsync(Account)).ShouldBe([renewed.Active!]);
    }

    /// <summary>How often each text was asked, by the simulator's own ledger.</summary>
    private static async Task<int[]> AskedAsync(Cloud cloud, ChampionVersion champion, string[] texts)
    {
        JsonNode? asked = (await cloud.LedgerAsync())["inference"]?[champion.Model]?["rows"];
        return [.. texts.Select(text => asked?[Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]]?.GetValue<int>() ?? 0)];
    }

    /// <summary>Answers that the host has kept: of whole pieces, and row by row of the one that was being asked.</summary>
    private static async Task<int> KeptAnswersAsync(Cloud cloud)
    {
        var kept = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (BlobEntry entry in cloud.Store.ListAsync(RunPaths.Models, "asked/asked/", Cancellation))
        {
            switch (entry.Path.Name.Split('/'))
            {
                case [_, _, var piece]:
                    JsonNode answers = JsonNode.Parse(await cloud.Store.ReadBytesAsync(entry.Path, Cancellation))!;
                    kept[piece[..^".json".Length]] = answers["answers"]!["answers"]!.AsArray().Count;
                    break;
                case [_, _, var piece, _, not "intent.json"] when !kept.TryGetValue(piece, out int count) || count < 200:
                    kept[piece] = kept.GetValueOrDefault(piece) + 1;
                    break;
            }
        }

        return kept.Values.Sum();
    }

    private async Task<Cloud> BeginAsync(double speed = 2)
    {
        output.WriteLine($"FTF_CRASH_SEED={_options.Seed} FTF_CRASH_KILLS={_options.Kills}");
        _random = new Random(_options.Seed);
        return await Cloud.StartAsync(_options, speed);
    }

    private static (Dictionary<string, string> Settings, Uri Address) Settings(Cloud cloud)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        string port = ((IPEndPoint)free.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        return (new Dictionary<string, string>(cloud.Settings) { ["Port"] = port }, new Uri($"http://127.0.0.1:{port}/api/"));
    }

    /// <summary>Drops a file whose fine-tune becomes champion.</summary>
    private static async Task<ChampionVersion> ChampionAsync(Cloud cloud, string project, string provider, string model)
    {
        await cloud.DropAsync(project, Csv(200, 1), Recipe(provider, model));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        while (await look.WaitForNextTickAsync(Cancellation))
        {
            if (await cloud.RunsAsync() is [{ EndedAt: not null } run])
            {
                run.Promoted.ShouldBe("gpt", $"{run.Verdict} {run.Failure}");
                return (await cloud.Store.ReadJsonAsync<ChampionRecord>(RunPaths.Champion(project))).Current!;
            }
        }

        throw new UnreachableException();
    }

    private static string Recipe(string provider, string model) => $$"""
        {
          "dataset": { "split": { "method": "stable" } },
          "candidates": [{ "name": "gpt", "provider": "{{provider}}", "model": "{{model}}", "epochs": 1 }], "baselines": [],
          "promotion": { "requireSignificance": false }, "budget": { "approveAbove": 50 }, "retrain": { "minimumNewRows": 50 }
        }
        """;

    /// <summary>Puts the recipe once more, after which the host looks at the project's deployments.</summary>
    private static async Task WakeAsync(HttpClient http, HostProcess host, Cloud cloud)
    {
        await WellAsync(http, host);
        using var recipe = new ByteArrayContent(await cloud.Store.ReadBytesAsync(RunPaths.ProjectRecipe("renewed")));
        (await http.PutAsync("projects/renewed/recipe", recipe, Cancellation)).EnsureSuccessStatusCode();
    }

    private static async Task<ServingState> ServingAsync(Cloud cloud) =>
        (await cloud.Store.FindJsonAsync<ServingState>(RunPaths.Serving("renewed")))?.Value ?? new ServingState([]);

    private static Process Ask(string file, string answers, Uri address) => Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "ftf.dll"), "predict", file, "--project", "asked", "--out", answers, "--host", new Uri(address, "..").ToString()])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    private static Task WellAsync(HttpClient http, HostProcess host) => UntilAsync(host, async () =>
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync("health", Cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    private static async Task UntilAsync(HostProcess host, Func<Task<bool>> condition)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
        {
            host.HasExited.ShouldBeFalse($"the host ended by itself:\n{host.Output}");
            await look.WaitForNextTickAsync(Cancellation);
        }
    }

    private static string Csv(int rows, int seed)
    {
        string[][] words = [["terrible", "awful", "broken"], ["poor", "slow", "buggy"], ["okay", "average", "fine"], ["good", "nice", "useful"], ["perfect", "love", "best"]];
        var made = new Random(seed);
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < rows; i++)
        {
            int star = made.Next(5);
            csv.Append(CultureInfo.InvariantCulture, $"file {seed} row {i}: {words[star][made.Next(3)]} and {words[star][made.Next(3)]} app {made.Next(50)},{star + 1}\n");
        }

        return csv.ToString();
    }
}
