using System.Text;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>A run through the services of a host that the test started itself.</summary>
internal static class HostedRun
{
    /// <summary>Drops the file and waits for the run's end; the test's own limit is the end of patience.</summary>
    public static async Task<RunView> EndedAsync(WebApplication host, string project, string csv, string recipe) =>
        await EndedAsync(host, await StartAsync(host, project, csv, recipe));

    /// <summary>Drops the file and gives the run's id.</summary>
    public static async Task<string> StartAsync(WebApplication host, string project, string csv, string recipe)
    {
        IBlobStore store = host.Services.GetRequiredService<IBlobStore>();
        BlobPath drop = RunPaths.Drop(project, "reviews.csv");
        await store.WriteBytesAsync(drop, Encoding.UTF8.GetBytes(csv));
        StartedRun run = await host.Services.GetRequiredService<RunStarter>().StartAsync(
            project, drop, Encoding.UTF8.GetBytes(recipe), "http", TestContext.Current.CancellationToken);
        return run.RunId;
    }

    /// <summary>Waits for a run's end.</summary>
    public static async Task<RunView> EndedAsync(WebApplication host, string runId)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            RunView view = await host.Services.GetRequiredService<RunReader>().GetAsync(runId, TestContext.Current.CancellationToken);
            if (view.EndedAt is not null)
            {
                return view;
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sets a simulator's fault plan.</summary>
    public static async Task FaultsAsync(WebApplication simulator, string plan, string key = "any")
    {
        using var http = new HttpClient { BaseAddress = new Uri(simulator.Urls.First()), DefaultRequestHeaders = { { "Authorization", $"Bearer {key}" } } };
        using var content = new StringContent(plan, Encoding.UTF8, "application/json");
        (await http.PutAsync("/simulator/faults", content)).EnsureSuccessStatusCode();
    }
}
