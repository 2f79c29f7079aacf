using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Trainer.Tests.Product;

/// <summary>The local host with the trainer that these tests were built with, spoken to over HTTP.</summary>
internal sealed class TrainingHost : IAsyncDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ftf-encoder-run-");
    private readonly WebApplication _host;

    private TrainingHost(string[] settings)
    {
        string trainer = Path.Combine(AppContext.BaseDirectory, "FineTuneFlow.Trainer.dll");
        _host = LocalHost.Build(
        [
            "--FTF_HOME", _home.FullName, "--Port", "0", "--LogLevel", "Warning",
            "--Baselines:Command", $"dotnet \"{trainer}\"", "--Baselines:WorkFolder", Path.Combine(_home.FullName, "baselines"), .. settings,
        ]);
    }

    public string Home => _home.FullName;

    /// <summary>Below /api.</summary>
    public HttpClient Http { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="settings">More of them, as <c>--Name value</c>.</param>
    public static async Task<TrainingHost> StartAsync(params string[] settings)
    {
        var started = new TrainingHost(settings);
        await started._host.StartAsync(Cancellation);
        started.Http.BaseAddress = new Uri(started._host.Urls.First() + "/api/");
        return started;
    }

    /// <summary>Reviews in the few words that the tiny encoder of the fixtures knows.</summary>
    public static string Csv(int rows, string ending)
    {
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < rows; i++)
        {
            string letters = string.Join(' ', Enumerable.Range(0, 4).Select(place => (char)('a' + (i / (int)Math.Pow(4, place) % 4))));
            csv.Append(i % 2 == 0 ? $"so bad {letters} {ending},1\n" : $"so good {letters} {ending},3\n");
        }

        return csv.ToString();
    }

    /// <summary>Starts a run of the project "tiny" and waits for its end.</summary>
    public async Task<RunView> EndedAsync(string csv, string recipe)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("tiny"), "project" }, { new StringContent(recipe), "recipe" }, { new StringContent(csv), "file", "reviews.csv" },
        };
        using HttpResponseMessage started = await Http.PostAsync("runs", form, Cancellation);
        string body = await started.Content.ReadAsStringAsync(Cancellation);
        started.IsSuccessStatusCode.ShouldBeTrue(body);
        return await EndAsync(JsonNode.Parse(body)!["runId"]!.GetValue<string>());
    }

    /// <summary>Runs an ended run once more and waits for the end.</summary>
    public async Task<RunView> RerunAsync(string runId, bool anew)
    {
        using HttpResponseMessage started = await Http.PostAsync($"runs/{runId}/rerun{(anew ? "?anew=true" : "")}", null, Cancellation);
        string body = await started.Content.ReadAsStringAsync(Cancellation);
        started.IsSuccessStatusCode.ShouldBeTrue(body);
        return await EndAsync(JsonNode.Parse(body)!["runId"]!.GetValue<string>());
    }

    /// <summary>How often a container was started for a baseline.</summary>
    public async Task<int> StartsAsync(string runId, string baseline) =>
        JsonNode.Parse(await Http.GetStringAsync($"runs/{runId}/artifacts", Cancellation))!["files"]!.AsArray()
            .Count(file => file!["path"]!.GetValue<string>().StartsWith($"baselines/{baseline}/out.start-", StringComparison.Ordinal));

    private async Task<RunView> EndAsync(string runId)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            RunView run = (await Http.GetFromJsonAsync<RunView>($"runs/{runId}", FlowJson.Compact, Cancellation))!;
            if (run.EndedAt is not null)
            {
                return run;
            }

            await timer.WaitForNextTickAsync(Cancellation);
        }
    }

    public async Task<JsonNode> ReportAsync(string runId) =>
        JsonNode.Parse(await Http.GetStringAsync($"runs/{runId}/artifacts/report.json", Cancellation))!;

    /// <summary>The champion's answer.</summary>
    public async Task<JsonNode> PredictAsync(string text)
    {
        using HttpResponseMessage answer = await Http.PostAsJsonAsync("projects/tiny/predict", new { text }, Cancellation);
        string body = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue(body);
        return JsonNode.Parse(body)!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.StopAsync(CancellationToken.None);
        await _host.DisposeAsync();
        _home.Delete(recursive: true);
    }
}
