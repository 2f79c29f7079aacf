using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>The local host over Azurite and the simulator, in this process, spoken to over HTTP.</summary>
public class HostFixture(Azurite azurite) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-host-");
    private WebApplication? _simulator;
    private WebApplication? _host;

    /// <summary>Base address is <c>/api/</c>.</summary>
    public HttpClient Http { get; } = new();

    public HttpClient Simulator { get; } = new();

    /// <summary>One storage serves all hosts of these tests: one that looked for drops would run those of the others too.</summary>
    protected virtual string DropWatchSeconds => "86400";

    /// <summary>What this host lets a file have.</summary>
    public const int MostRows = 20_000;

    /// <summary>Two candidates, one of which continues the other, and the linear baseline.</summary>
    public const string Recipe = """
        { "candidates": [
            { "name": "one", "provider": "simulator", "model": "babbage-002", "epochs": 1 },
            { "name": "two", "continueFrom": "one", "epochs": 1 } ],
          "baselines": [ { "name": "linear" } ] }
        """;

    public async ValueTask InitializeAsync()
    {
        _simulator = SimulatorApp.Build(new SimulatorOptions { Urls = "http://127.0.0.1:0", State = Path.Combine(_folder.FullName, "simulator"), Speed = 20 });
        await _simulator.StartAsync();
        Simulator.BaseAddress = new Uri(_simulator.Urls.First());
        Simulator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "test");
        _host = LocalHost.Build(
        [
            "--FTF_HOME", _folder.FullName, "--Port", "0", "--DropWatchSeconds", DropWatchSeconds, "--LogLevel", "Warning", "--Datasets", azurite.ConnectionString, "--Limits:Rows", MostRows.ToString(CultureInfo.InvariantCulture),
            "--Providers:simulator:Kind", "simulator", "--Providers:simulator:BaseAddress", _simulator.Urls.First() + "/v1/",
        ]);
        await _host.StartAsync();
        Http.BaseAddress = new Uri(_host.Urls.First() + "/api/");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Http.Dispose();
        Simulator.Dispose();
        if (_host is not null)
        {
            await _host.StopAsync();
            await _host.DisposeAsync();
        }

        if (_simulator is not null)
        {
            await _simulator.StopAsync();
            await _simulator.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    public static string Reviews(int rows, int seed = 1)
    {
        string[][] words = [["terrible", "awful"], ["bad", "slow"], ["okay", "average"], ["good", "nice"], ["excellent", "perfect"]];
        var random = new Random(seed);
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < rows; i++)
        {
            int star = random.Next(5);
            csv.Append(CultureInfo.InvariantCulture, $"\"the app is {words[star][random.Next(2)]}, {words[star][random.Next(2)]} number {i}\",{star + 1}\n");
        }

        return csv.ToString();
    }

    public async Task<HttpResponseMessage> UploadAsync(string project, string csv, string? recipe)
    {
        using var form = new MultipartFormDataContent { { new StringContent(project), "project" } };
        if (recipe is not null)
        {
            form.Add(new StringContent(recipe), "recipe");
        }

        form.Add(new StringContent(csv), "file", "reviews.csv");
        return await Http.PostAsync("runs", form, TestContext.Current.CancellationToken);
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<T>(FlowJson.Compact, TestContext.Current.CancellationToken))!;

    /// <summary>Waits for the run to be as asked; the test's own limit is the end of patience.</summary>
    public async Task<RunView> UntilAsync(string runId, Func<RunView, bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            RunView run = (await Http.GetFromJsonAsync<RunView>($"runs/{runId}", FlowJson.Compact, TestContext.Current.CancellationToken))!;
            if (condition(run))
            {
                return run;
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public static async Task<JsonNode> ProblemAsync(Task<HttpResponseMessage> asked)
    {
        using HttpResponseMessage response = await asked;
        response.IsSuccessStatusCode.ShouldBeFalse();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }
}
