using System.Net;
using System.Net.Sockets;
using System.Text;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Simulator;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>A provider that tells by webhook, over HTTP and signed, to the host that waits.</summary>
public class WebhookTests(Azurite azurite)
{
    private const string Secret = "whsec_c2ltdWxhdG9yLXNpZ25pbmcta2V5LTAwMDAwMA==";

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
            "--FTF_HOME", folder.FullName, "--Port", $"{port}", "--LogLevel", "Warning", "--Datasets", azurite.ConnectionString, "--OpenAI:WebhookSecret", Secret,
            "--Providers:simulator:Kind", "simulator", "--Providers:simulator:BaseAddress", simulator.Urls.First() + "/v1/",
        ]);
        await host.StartAsync();
        await PlanAsync(simulator, $$"""{ "rules": [ { "match": "WEBHOOK", "action": "{{fault}}" } ] }""");

        RunView run = await RunAsync(host, $"webhook-{fault}".ToLowerInvariant());

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

    private static async Task<RunView> RunAsync(WebApplication host, string project)
    {
        IBlobStore store = host.Services.GetRequiredService<IBlobStore>();
        BlobPath drop = RunPaths.Drop(project, "reviews.csv");
        await store.WriteBytesAsync(drop, Encoding.UTF8.GetBytes(HostFixture.Reviews(100)));
        StartedRun run = await host.Services.GetRequiredService<RunStarter>().StartAsync(
            project,
            drop,
            """
            { "candidates": [ { "name": "one", "model": "babbage-002", "epochs": 1 }, { "name": "two", "model": "gpt-3.5-turbo", "epochs": 1 } ],
              "baselines": [], "budget": { "approveAbove": 50 } }
            """u8.ToArray(),
            "http",
            TestContext.Current.CancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            RunView view = await host.Services.GetRequiredService<RunReader>().GetAsync(run.RunId, TestContext.Current.CancellationToken);
            if (view.EndedAt is not null)
            {
                return view;
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task PlanAsync(WebApplication simulator, string plan)
    {
        using var http = new HttpClient { BaseAddress = new Uri(simulator.Urls.First()), DefaultRequestHeaders = { { "Authorization", "Bearer any" } } };
        using var content = new StringContent(plan, Encoding.UTF8, "application/json");
        (await http.PutAsync("/simulator/faults", content)).EnsureSuccessStatusCode();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
