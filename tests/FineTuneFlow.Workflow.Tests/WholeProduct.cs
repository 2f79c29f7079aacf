using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Engine;
using FineTuneFlow.Providers;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Tests;

/// <summary>The whole workflow in one process: the embedded engine on a file of its own, the simulator over HTTP,
/// plain files.</summary>
public sealed class WholeProduct : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly WebApplication _simulator;
    private readonly ServiceProvider _services;
    private readonly HttpClient _http;

    private WholeProduct(DirectoryInfo folder, WebApplication simulator, ServiceProvider services)
    {
        (_folder, _simulator, _services) = (folder, simulator, services);
        _http = new HttpClient { BaseAddress = new Uri(simulator.Urls.First()) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "test");
    }

    public IBlobStore Store => _services.GetRequiredService<IBlobStore>();

    public DurableEngine Engine => _services.GetRequiredService<DurableEngine>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static Task<WholeProduct> StartAsync(params (string Key, string Value)[] settings) => StartAsync(TimeProvider.System, settings);

    /// <param name="clock">By which the product waits; the simulator goes by the system's.</param>
    /// <param name="settings">Beside the simulator's own.</param>
    public static async Task<WholeProduct> StartAsync(TimeProvider clock, params (string Key, string Value)[] settings)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-stack-");
        WebApplication simulator = SimulatorApp.Build(new SimulatorOptions
        {
            Urls = "http://127.0.0.1:0",
            State = Path.Combine(folder.FullName, "simulator"),
            Speed = 20,
        });
        await simulator.StartAsync();
        var values = new Dictionary<string, string?>
        {
            ["Datasets:folder"] = Path.Combine(folder.FullName, "storage"),
            ["DefaultProvider"] = "simulator",
            ["Providers:simulator:Kind"] = "simulator",
            ["Providers:simulator:BaseAddress"] = simulator.Urls.First() + "/v1/",
            ["Providers:simulator:Key"] = "test",
        };
        foreach ((string key, string value) in settings)
        {
            values[key] = value.Replace("{simulator}", simulator.Urls.First(), StringComparison.Ordinal);
        }

        var services = new ServiceCollection();
        services.AddSingleton(clock);
        services.AddLogging(l => l.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning));
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        services.AddSingleton(NotificationOptions.Of(configuration));
        services.AddFineTuneFlowWorkflow();
        services.AddFineTuneFlowProviders(configuration);
        services.AddDurableEngine(_ => new EngineOptions { DatabasePath = Path.Combine(folder.FullName, "engine.db") });
        var stack = new WholeProduct(folder, simulator, services.BuildServiceProvider());
        await stack.Engine.StartAsync();
        return stack;
    }

    public async Task<StartedRun> RunAsync(string project, string csv, string recipe)
    {
        BlobPath drop = RunPaths.Drop(project, "reviews.csv");
        await Store.WriteBytesAsync(drop, Encoding.UTF8.GetBytes(csv));
        return await Get<RunStarter>().StartAsync(project, drop, Encoding.UTF8.GetBytes(recipe), "http", TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for the run to be as asked.</summary>
    public async Task<RunView> UntilAsync(string runId, Func<RunView, bool> condition, int minutes = 1)
    {
        // The stack runs in real time: it is looked at until the condition holds, at the latest until the test's own limit.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        DateTimeOffset limit = DateTimeOffset.UtcNow.AddMinutes(minutes);
        while (true)
        {
            RunView view = await Get<RunReader>().GetAsync(runId, TestContext.Current.CancellationToken);
            if (condition(view))
            {
                return view;
            }

            if (DateTimeOffset.UtcNow > limit)
            {
                IEnumerable<string> steps = (await Engine.GetHistoryAsync(runId)).TakeLast(12).Select(h => $"{h.At:HH:mm:ss.fff} {h.Kind} {h.Name} {h.Failure}");
                throw new TimeoutException($"{runId} did not come so far:\n{string.Join('\n', steps)}\n{JsonSerializer.Serialize(view, FlowJson.Compact)}");
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public Task<RunView> EndAsync(string runId) => UntilAsync(runId, v => v.EndedAt is not null);

    /// <summary>Jobs that the simulator has made so far, by its own ledger.</summary>
    public int JobsCreated() => Ledger()["jobsCreated"]!.GetValue<int>();

    /// <summary>What was asked of the simulator so far.</summary>
    public JsonNode Ledger()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/simulator/ledger");
        using HttpResponseMessage answer = _http.Send(request);
        return JsonNode.Parse(answer.Content.ReadAsStream())!;
    }

    /// <summary>Starts a run whose deadline is shorter than a recipe may set it.</summary>
    public async Task<string> RunWithDeadlineAsync(string project, string csv, string recipe, TimeSpan deadline)
    {
        BlobWritten drop = await Store.WriteBytesAsync(RunPaths.Drop(project, "reviews.csv"), Encoding.UTF8.GetBytes(csv));
        Recipe read = RecipeReader.Read("recipe", Encoding.UTF8.GetBytes(recipe));
        string runId = $"{project}-0123456789";
        BlobWritten kept = await Store.WriteJsonAsync(
            RunPaths.Recipe(runId), read with { Candidates = [.. read.Candidates.Select(c => c with { Provider = c.Provider ?? "simulator" })] });
        await Engine.StartAsync(Flows.FineTuneRun, runId, new RunInput(runId, project, drop.Ref, kept.Ref, deadline.TotalHours, "http"));
        return runId;
    }

    /// <summary>A call to the simulator beside the product's own.</summary>
    public async Task PostAsync(string path) => (await _http.PostAsync(path, null)).EnsureSuccessStatusCode();

    /// <summary>Deletes something at the simulator, as its owner would.</summary>
    public async Task DeleteAsync(string path) => (await _http.DeleteAsync(path)).EnsureSuccessStatusCode();

    public async Task FaultsAsync(string plan)
    {
        using var content = new StringContent(plan, Encoding.UTF8, "application/json");
        (await _http.PutAsync("/simulator/faults", content)).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _simulator.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }
}
