using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Functions.Triggers;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.DurableTask.Client;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>Many drops at once, as Event Grid brings them: run with <c>--explicit only --filter-class '*DropLoadTests'</c>; FTF_LOAD_DROPS says how
/// many (1,000). What it came to is in docs/benchmarks.md.</summary>
[Collection(nameof(ProductTests))]
public sealed class DropLoadTests(Azurite azurite, ITestOutputHelper output)
{
    private const long MostMemory = 1L << 30;

    private const string Recipe = """
        { "candidates": [{ "name": "tuned", "provider": "simulator", "model": "babbage-002", "epochs": 1 }],
          "baselines": [{ "name": "linear" }], "budget": { "usd": 1000, "approveAbove": 1000 } }
        """;

    [Fact(Explicit = true)]
    public async Task A_thousand_drops_at_once_all_run_or_are_refused_with_a_reason_with_one_job_each()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("FTF_LOAD_DROPS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : 1000;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-load-");
        await using WebApplication simulator = SimulatorApp.Build(new SimulatorOptions { Urls = "http://127.0.0.1:0", State = folder.FullName, Speed = 50 });
        await simulator.StartAsync(cancellation);
        await using AppHost app = await AppHost.StartAsync(AppHost.SettingsFor(azurite.ConnectionString, simulator.Urls.Single()));
        string project = $"load{Guid.NewGuid():N}"[..12];
        await app.Get<IBlobStore>().WriteBytesAsync(RunPaths.ProjectRecipe(project), Encoding.UTF8.GetBytes(Recipe), cancellation: cancellation);
        var container = new BlobContainerClient(azurite.ConnectionString, "drops");
        await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
        var clock = Stopwatch.StartNew();
        var drops = new ConcurrentBag<BlobClient>();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), cancellation, async (i, stop) =>
        {
            BlobClient blob = container.GetBlobClient($"{project}/drop-{i:D5}.csv");
            await blob.UploadAsync(new BinaryData(Encoding.UTF8.GetBytes(Csv(i))), overwrite: true, stop);
            drops.Add(blob);
        });
        TimeSpan written = clock.Elapsed;

        // Event Grid delivers at least once: every tenth comes a second time.
        BlobClient[] deliveries = [.. drops, .. drops.Where((_, i) => i % 10 == 0)];
        await Parallel.ForEachAsync(deliveries, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellation }, async (blob, stop) =>
            await app.Function<DropFunctions>().OnDrop(blob, project, blob.Name.Split('/')[1], app.Client, stop));
        TimeSpan begun = clock.Elapsed - written;

        (int succeeded, RunView[] others, long most) = await EndAsync(app, project, count, cancellation);
        using var http = new HttpClient { BaseAddress = new Uri(simulator.Urls.Single()), DefaultRequestHeaders = { { "Authorization", "Bearer load" } } };
        JsonNode ledger = (await http.GetFromJsonAsync<JsonNode>("simulator/ledger", cancellation))!;
        output.WriteLine(
            $"{count} drops, {deliveries.Length} deliveries: written in {written.TotalSeconds:0} s, begun in {begun.TotalSeconds:0} s, ended after {clock.Elapsed.TotalSeconds:0} s; "
            + $"{succeeded} succeeded, {ledger["jobsCreated"]} jobs, {ledger["duplicateJobs"]} of them twice; "
            + $"memory of app, backend and simulator in one process at the most {most >> 20} MB, processor {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0} s");

        others.ShouldAllBe(run => run.Failure != null);
        succeeded.ShouldBe(count, string.Join('\n', others.Take(5).Select(run => run.Failure!.ToString())));
        ledger["jobsCreated"]!.GetValue<int>().ShouldBe(count);
        ledger["duplicateJobs"]!.GetValue<int>().ShouldBe(0);
        most.ShouldBeLessThan(MostMemory);
        folder.Delete(recursive: true);
    }

    private static async Task<(int Succeeded, RunView[] Others, long MostMemory)> EndAsync(AppHost app, string project, int count, CancellationToken cancellation)
    {
        app.Get<CurrentDurableClient>().Use(app.Client);
        using var look = new PeriodicTimer(TimeSpan.FromSeconds(2));
        long most = 0;
        // Meanwhile they are only counted: reading a thousand runs every two seconds would be most of the load.
        while (await CountAsync(app, project, cancellation) < count)
        {
            most = Math.Max(most, Environment.WorkingSet);
            await look.WaitForNextTickAsync(cancellation);
        }

        List<RunView> runs = [];
        await foreach (BlobEntry file in app.Get<IBlobStore>().ListAsync(RunPaths.Runs, project, cancellation))
        {
            if (file.Path.Name.EndsWith("/run.json", StringComparison.Ordinal))
            {
                runs.Add(await app.Get<RunReader>().GetAsync(file.Path.Name.Split('/')[0], cancellation));
            }
        }

        runs.Count.ShouldBe(count);
        return (runs.Count(run => run.Outcome == RunOutcome.Succeeded), [.. runs.Where(run => run.Outcome != RunOutcome.Succeeded)], most);
    }

    /// <summary>Runs that have ended.</summary>
    private static async Task<int> CountAsync(AppHost app, string project, CancellationToken cancellation)
    {
        OrchestrationRuntimeStatus[] ended = [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];
        var query = new OrchestrationQuery(Statuses: ended, InstanceIdPrefix: project, PageSize: 1000, FetchInputsAndOutputs: false);
        int count = 0;
        await foreach (OrchestrationMetadata one in app.Client.GetAllInstancesAsync(query).WithCancellation(cancellation))
        {
            count += one.Name == Flows.FineTuneRun.Name ? 1 : 0;
        }

        return count;
    }

    private static string Csv(int seed)
    {
        var random = new Random(seed);
        var csv = new StringBuilder("text,label\n");
        for (int row = 0; row < 60; row++)
        {
            bool good = random.Next(2) == 0;
            csv.Append(CultureInfo.InvariantCulture, $"parcel {seed} {row} was {(good ? "lovely and quick" : "broken and late")},{(good ? "good" : "bad")}\n");
        }

        return csv.ToString();
    }
}
