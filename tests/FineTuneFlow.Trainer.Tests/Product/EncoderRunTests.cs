using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Trainer.Tests.Product;

/// <summary>A tiny encoder in a run on the local host: trained by the trainer's program, judged, promoted, served, gone on from.</summary>
public sealed class EncoderRunTests : IAsyncLifetime
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ftf-encoder-run-");
    private readonly HttpClient _http = new();
    private WebApplication? _host;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string trainer = Path.Combine(AppContext.BaseDirectory, "FineTuneFlow.Trainer.dll");
        _host = LocalHost.Build(
        [
            "--FTF_HOME", _home.FullName, "--Port", "0", "--LogLevel", "Warning",
            "--Baselines:Command", $"dotnet \"{trainer}\"", "--Baselines:WorkFolder", Path.Combine(_home.FullName, "baselines"),
        ]);
        await _host.StartAsync(Cancellation);
        _http.BaseAddress = new Uri(_host.Urls.First() + "/api/");
    }

    [Fact(Timeout = 240_000)]
    public async Task An_encoder_is_trained_promoted_asked_and_gone_on_from()
    {
        string model = Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert");
        RunView first = await EndedAsync(Csv(240, "c"), $$"""
            { "candidates": [], "dataset": { "split": { "method": "stable" } },
              "baselines": [ { "name": "linear" }, { "name": "tiny", "kind": "encoder", "model": "{{model}}", "epochs": 4, "learningRate": 0.01, "batchSize": 8 } ],
              "promotion": { "requireSignificance": false, "eligible": ["encoder"] } }
            """);

        first.Outcome.ShouldBe(RunOutcome.Succeeded, first.Failure?.ToString());
        JsonNode answer = await PredictAsync("so good a");
        answer["label"]!.GetValue<string>().ShouldBe("3");
        answer["version"]!.GetValue<int>().ShouldBe(1);
        answer["probabilities"]!.AsObject().Sum(pair => pair.Value!.GetValue<double>()).ShouldBe(1, 1e-6);
        (await PredictAsync("so bad b"))["label"]!.GetValue<string>().ShouldBe("1");
        JsonNode report = await ReportAsync(first.RunId);
        JsonNode tiny = report["candidates"]!.AsArray().First(candidate => candidate!["name"]!.GetValue<string>() == "tiny")!;
        tiny["kind"]!.GetValue<string>().ShouldBe("encoder");
        tiny["hyperparameters"]!["device"]!.GetValue<string>().ShouldContain("cpu");
        tiny["curve"]!.AsObject().Count.ShouldBeGreaterThan(0);

        RunView second = await EndedAsync(Csv(260, "d"), """
            { "candidates": [], "dataset": { "split": { "method": "stable" } },
              "baselines": [ { "name": "more", "kind": "encoder", "continueFrom": "champion", "epochs": 1, "learningRate": 0.001 } ] }
            """);

        second.Outcome.ShouldBe(RunOutcome.Succeeded, second.Failure?.ToString());
        JsonNode[] candidates = [.. (await ReportAsync(second.RunId))["candidates"]!.AsArray().Select(candidate => candidate!)];
        candidates.Select(candidate => candidate["name"]!.GetValue<string>()).Order().ShouldBe(["champion", "more"]);
        candidates.ShouldAllBe(candidate => candidate["metrics"]!["accuracy"]!.GetValue<double>() > 0.9);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_host is not null)
        {
            await _host.StopAsync(CancellationToken.None);
            await _host.DisposeAsync();
        }

        _home.Delete(recursive: true);
    }

    /// <summary>In the few words that the tiny encoder knows.</summary>
    private static string Csv(int rows, string ending)
    {
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < rows; i++)
        {
            string letters = string.Join(' ', Enumerable.Range(0, 4).Select(place => (char)('a' + (i / (int)Math.Pow(4, place) % 4))));
            csv.Append(i % 2 == 0 ? $"so bad {letters} {ending},1\n" : $"so good {letters} {ending},3\n");
        }

        return csv.ToString();
    }

    private async Task<RunView> EndedAsync(string csv, string recipe)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("tiny"), "project" }, { new StringContent(recipe), "recipe" }, { new StringContent(csv), "file", "reviews.csv" },
        };
        using HttpResponseMessage started = await _http.PostAsync("runs", form, Cancellation);
        string body = await started.Content.ReadAsStringAsync(Cancellation);
        started.IsSuccessStatusCode.ShouldBeTrue(body);
        string runId = JsonNode.Parse(body)!["runId"]!.GetValue<string>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            RunView run = (await _http.GetFromJsonAsync<RunView>($"runs/{runId}", FlowJson.Compact, Cancellation))!;
            if (run.EndedAt is not null)
            {
                return run;
            }

            await timer.WaitForNextTickAsync(Cancellation);
        }
    }

    private async Task<JsonNode> ReportAsync(string runId) =>
        JsonNode.Parse(await _http.GetStringAsync($"runs/{runId}/artifacts/report.json", Cancellation))!;

    private async Task<JsonNode> PredictAsync(string text)
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync("projects/tiny/predict", new { text }, Cancellation);
        string body = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue(body);
        return JsonNode.Parse(body)!;
    }
}
