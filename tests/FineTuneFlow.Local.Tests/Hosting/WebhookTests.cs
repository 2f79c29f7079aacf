using System.Net;
using System.Net.Sockets;
using FineTuneFlow.Durable;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>A provider that tells by webhook, over HTTP and signed, to the host that waits. The provider's clock stands still until the
/// host's monitors sleep: no look of theirs can find a job's end before the webhook tells it.</summary>
public class WebhookTests(Azurite azurite)
{
    private const string Secret = "whsec_c2ltdWxhdG9yLXNpZ25pbmcta2V5LTAwMDAwMA==";
    private static readonly TimeSpan Training = TimeSpan.FromMinutes(2);
    private static readonly string[] Candidates = ["one", "two"];
    private const string Recipe = """
        { "candidates": [ { "name": "one", "model": "babbage-002", "epochs": 1 }, { "name": "two", "model": "gpt-3.5-turbo", "epochs": 1 } ],
          "baselines": [], "budget": { "approveAbove": 50 } }
        """;

    [Theory(Timeout = 300_000)]
    [InlineData("duplicateWebhook", true)]
    [InlineData("reorderWebhook", true)]
    [InlineData("dropWebhook", false)]
    public async Task Runs_end_well_whatever_becomes_of_the_webhooks_and_a_delivered_one_wakes_the_monitor(string fault, bool wakes)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-webhook-");
        int port = FreePort();
        await using WebApplication simulator = SimulatorApp.Build(new SimulatorOptions
        {
            Urls = "http://127.0.0.1:0", State = Path.Combine(folder.FullName, "simulator"), Speed = 20, TrainFor = 20 * Training, Workers = Candidates.Length,
            WebhookUrl = new Uri($"http://127.0.0.1:{port}/api/webhooks/openai"), WebhookSecret = Secret,
        },
        clock);
        await simulator.StartAsync();
        await using WebApplication host = LocalHost.Build(
        [
            "--FTF_HOME", folder.FullName, "--DropWatchSeconds", "86400", "--Port", $"{port}", "--LogLevel", "Warning", "--Datasets", azurite.ConnectionString, "--OpenAI:WebhookSecret", Secret,
            "--Providers:simulator:Kind", "simulator", "--Providers:simulator:BaseAddress", simulator.Urls.First() + "/v1/",
        ]);
        await host.StartAsync();
        await HostedRun.FaultsAsync(simulator, $$"""{ "rules": [ { "match": "WEBHOOK", "action": "{{fault}}" } ] }""");

        string runId = await HostedRun.StartAsync(host, $"webhook-{fault}".ToLowerInvariant(), HostFixture.Reviews(100), Recipe);
        IDurableClient engine = host.Services.GetRequiredService<IDurableClient>();
        await UntilMonitorsSleepAsync(engine, runId, clock);
        // Both trainings end.
        clock.Advance(Training);
        Task<RunView> ending = HostedRun.EndedAsync(host, runId);
        await PassTimeAsync(clock, ending);
        RunView run = await ending;

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Failure?.ToString());
        int woken = 0;
        foreach (string candidate in Candidates)
        {
            woken += (await engine.GetHistoryAsync(Flows.MonitorId(run.RunId, candidate))).Count(e => e.Kind == HistoryKind.EventReceived);
        }

        (woken > 0).ShouldBe(wakes);
        await host.StopAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>Until both jobs are trained and neither monitor will look again by itself for three seconds.</summary>
    private static async Task UntilMonitorsSleepAsync(IDurableClient engine, string runId, FakeTimeProvider clock)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            DateTimeOffset[] looks = await Task.WhenAll(Candidates.Select(candidate => NextLookAsync(engine, Flows.MonitorId(runId, candidate))));
            if (looks.All(look => look - DateTimeOffset.UtcNow > TimeSpan.FromSeconds(3)))
            {
                return;
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            // Files are checked and jobs wait their turn: that is seconds of the provider's clock, a training is minutes.
            clock.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    private static async Task<DateTimeOffset> NextLookAsync(IDurableClient engine, string monitor) => await engine.GetAsync(monitor) is null
        ? DateTimeOffset.MinValue
        : (await engine.GetHistoryAsync(monitor)) is [.., { Kind: HistoryKind.TimerCreated, DueAt: { } due }] ? due : DateTimeOffset.MinValue;

    /// <summary>The provider's clock goes on as the world's does.</summary>
    private static async Task PassTimeAsync(FakeTimeProvider clock, Task until)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!until.IsCompleted && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            clock.Advance(TimeSpan.FromMilliseconds(20));
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
