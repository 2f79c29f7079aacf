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

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>A provider that tells by webhook, over HTTP and signed, to the host that waits.</summary>
public class WebhookTests(Azurite azurite)
{
    private const string Secret = "whsec_c2ltdWxhdG9yLXNpZ25pbmcta2V5LTAwMDAwMA==";
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
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-webhook-");
        int port = FreePort();
        await using WebApplication simulator = SimulatorApp.Build(new SimulatorOptions
        {
            Urls = "http://127.0.0.1:0", State = Path.Combine(folder.FullName, "simulator"), Speed = 20, TrainFor = TimeSpan.FromSeconds(60),
            WebhookUrl = new Uri($"http://127.0.0.1:{port}/api/webhooks/openai"), WebhookSecret = Secret,
        });
        await simulator.StartAsync();
        await using WebApplication host = LocalHost.Build(
        [
            "--FTF_HOME", folder.FullName, "--DropWatchSeconds", "86400", "--Port", $"{port}", "--LogLevel", "Warning", "--Datasets", azurite.ConnectionString, "--OpenAI:WebhookSecret", Secret,
            "--Providers:simulator:Kind", "simulator", "--Providers:simulator:BaseAddress", simulator.Urls.First() + "/v1/",
        ]);
        await host.StartAsync();
        await HostedRun.FaultsAsync(simulator, $$"""{ "rules": [ { "match": "WEBHOOK", "action": "{{fault}}" } ] }""");

        RunView run = await HostedRun.EndedAsync(host, $"webhook-{fault}".ToLowerInvariant(), HostFixture.Reviews(100), Recipe);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Failure?.ToString());
        IDurableClient engine = host.Services.GetRequiredService<IDurableClient>();
        int woken = 0;
        foreach (string candidate in new[] { "one", "two" })
        {
            woken += (await engine.GetHistoryAsync(Flows.MonitorId(run.RunId, candidate))).Count(e => e.Kind == HistoryKind.EventReceived);
        }

        (woken > 0).ShouldBe(wakes);
        await host.StopAsync();
        folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
