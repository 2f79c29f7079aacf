using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary>A fine-tune of the simulator that ends in 40 days is listed, recorded and compared.</summary>
public sealed class RescueCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-rescue-");
    private readonly HttpClient _http = new();
    private WebApplication _simulator = null!;
    private string _settings = "";

    public async ValueTask InitializeAsync()
    {
        var options = new SimulatorOptions { Urls = "http://127.0.0.1:0", State = Path.Combine(_folder.FullName, "simulator"), Speed = 50 };
        _simulator = SimulatorApp.Build(options with { Shutdowns = options.Shutdowns.Add("gpt-4.1-mini", DateOnly.FromDateTime(DateTime.UtcNow).AddDays(40)) });
        await _simulator.StartAsync();
        _http.BaseAddress = new Uri(_simulator.Urls.First());
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "k");
        _settings = Write("settings.json", $$"""
            { "IsEncrypted": false, "Values": { "Providers__s__Kind": "simulator", "Providers__s__BaseAddress": "{{_simulator.Urls.First()}}/v1/", "Providers__s__Key": "k" } }
            """);
    }

    [Fact]
    public async Task A_dying_model_is_listed_recorded_once_a_row_and_compared()
    {
        string model = await TrainAsync();
        string rows = Write("test.jsonl", string.Join('\n', Enumerable.Range(0, 12).Select(i => $$"""{"id":"r{{i}}","text":"app {{i}} is {{(i % 2 == 0 ? "awful" : "lovely")}}","label":"{{(i % 2 == 0 ? 1 : 5)}}"}""")));
        string old = Path.Combine(_folder.FullName, "old.jsonl");

        (int listed, string list, _) = await Ftf.RunAsync("rescue", "--settings", _settings);
        // Stopped in the middle: one answer is there, and the next line was cut short.
        File.WriteAllText(old, """{"id":"r0","label":"1"}""" + "\n" + """{"id":"r1","lab""");
        (int recorded, string said, string errors) = await Ftf.RunAsync("rescue", "--settings", _settings, "--model", model, "--on", rows, "--out", old);
        (int again, _, string note) = await Ftf.RunAsync("rescue", "--settings", _settings, "--model", model, "--on", rows, "--out", old);

        (listed, recorded, again).ShouldBe((0, 0, 0), errors);
        list.ShouldContain(model);
        list.ShouldContain(" 40");
        said.ShouldContain("all 12 rows, 11 of them new");
        note.ShouldContain("12 of 12 rows are recorded");
        JsonNode asked = JsonNode.Parse(await _http.GetStringAsync("/simulator/ledger"))!["inference"]![model]!;
        asked["requests"]!.GetValue<int>().ShouldBe(11, "no row is asked twice");
        File.ReadLines(old).Count(line => line.Contains("\"probabilities\"", StringComparison.Ordinal)).ShouldBe(11);
    }

    [Fact(Timeout = 180_000)]
    public async Task The_champions_answers_on_the_rows_that_judged_it_are_recorded_once_and_a_successor_is_trained_and_compared()
    {
        await using WebApplication host = LocalHost.Build(
        [
            "--FTF_HOME", Path.Combine(_folder.FullName, "home"), "--Port", "0", "--LogLevel", "Warning", "--DropWatchSeconds", "86400",
            "--Providers:s:Kind", "simulator", "--Providers:s:BaseAddress", $"{_simulator.Urls.First()}/v1/", "--Providers:s:Key", "k",
        ]);
        await host.StartAsync(TestContext.Current.CancellationToken);
        string address = host.Urls.First();
        string csv = Write("reviews.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 150).Select(i => $"app {i} is {(i % 2 == 0 ? "awful" : "lovely")},{(i % 2 == 0 ? "bad" : "good")}\n")));
        string recipe = Write("tuned.json", """
            { "dataset": { "split": { "method": "stable" } }, "candidates": [{ "name": "gpt", "model": "gpt-4.1-mini", "epochs": 1, "systemPrompt": "Good or bad?" }], "baselines": [],
              "promotion": { "requireSignificance": false }, "budget": { "approveAbove": 50 } }
            """);
        string old = Path.Combine(_folder.FullName, "champion.jsonl");
        (int dropped, string made, string why) = await Ftf.RunAsync("drop", csv, "--project", "dying", "--recipe", recipe, "--watch", "--json", "--host", address);
        dropped.ShouldBe(0, why);
        JsonNode run = JsonNode.Parse(made)!;
        run["promoted"]!.GetValue<string>().ShouldBe("gpt");
        int before = await AskedAsync();

        (int recorded, string said, string error) = await Ftf.RunAsync("rescue", "--project", "dying", "--out", old, "--settings", _settings, "--host", address);
        (int again, string same, _) = await Ftf.RunAsync("rescue", "--project", "dying", "--out", old, "--settings", _settings, "--host", address, "--json");

        (recorded, again).ShouldBe((0, 0), error);
        string[] judged = await File.ReadAllLinesAsync(old, TestContext.Current.CancellationToken);
        judged.Length.ShouldBeGreaterThan(10);
        said.ShouldContain($"for all {judged.Length} rows, {judged.Length} of them new");
        JsonNode.Parse(same)!["asked"]!.GetValue<int>().ShouldBe(0);
        (await AskedAsync()).ShouldBe(before + judged.Length, "no row is asked twice");
        // The same model asked the same way: what it answered when it was judged.
        string[] answered = [.. Directory.EnumerateFiles(Path.Combine(_folder.FullName, "home", "storage", "runs", run["runId"]!.GetValue<string>(), "predictions", "gpt"))
            .SelectMany(PackedLines).Select(LabelOf).Order(StringComparer.Ordinal)];
        judged.Select(LabelOf).Order(StringComparer.Ordinal).ShouldBe(answered);

        string successor = Write("successor.json", """{ "candidates": [], "baselines": [{ "name": "linear" }] }""");
        (int code, string report, string note) = await Ftf.RunAsync("rescue", "--project", "dying", "--recipe", successor, "--host", address, "--json");
        code.ShouldBe(0, note);
        JsonNode.Parse(report)!["champion"]!["agreements"]!.AsArray().ShouldNotBeEmpty(report);
    }

    [Fact]
    public async Task A_successor_is_said_to_agree_with_its_interval_and_the_rows_on_which_it_does_not()
    {
        string rows = Write("rows.jsonl", string.Join('\n', Enumerable.Range(0, 20).Select(i => $$"""{"id":"r{{i:00}}","text":"t{{i}}","label":"{{(i % 2) + 1}}"}""")));
        string old = Write("before.jsonl", string.Join('\n', Enumerable.Range(0, 20).Select(i => $$"""{"id":"r{{i:00}}","label":"{{(i % 2) + 1}}"}""")));
        string now = Write("after.jsonl", string.Join('\n', Enumerable.Range(0, 20).Select(i => $$"""{"id":"r{{i:00}}","label":"{{(i < 4 ? 1 : (i % 2) + 1)}}"}""")));

        (int code, string said, string error) = await Ftf.RunAsync("rescue", "--on", rows, "--out", old, "--compare", now);

        code.ShouldBe(0, error);
        // r01 and r03 of 20 differ: 90 %, Wilson's interval 69.9 to 97.2 %; kappa 1 - 0.1 / 0.5.
        said.ShouldContain("18 of 20 rows: 90.0 % (69.9 % to 97.2 %), kappa 0.80");
        said.ShouldContain("the old one is right on 2 rows and the successor on 0 (p = 0.50)");
        said.ShouldContain("r01");
        said.ShouldContain("r03");
    }

    [Theory]
    [InlineData("--model", "--project", "p", "--model", "m")]
    [InlineData("--system-prompt", "--project", "p", "--out", "o.jsonl", "--system-prompt", "Classify")]
    [InlineData("--recipe", "--project", "p", "--out", "o.jsonl", "--recipe", "r.json")]
    [InlineData("--recipe", "--recipe", "r.json")]
    public async Task What_would_be_passed_over_is_refused_by_its_option(string option, params string[] arguments)
    {
        (int code, _, string error) = await Ftf.RunAsync(["rescue", "--settings", _settings, .. arguments]);

        code.ShouldBe(2);
        error.ShouldContain(option);
        error.ShouldContain("Leave it out");
    }

    [Fact]
    public async Task What_is_missing_is_told_by_its_option()
    {
        (int code, _, string error) = await Ftf.RunAsync("rescue", "--settings", _settings, "--model", "ft:gpt-4.1-mini:x");

        code.ShouldBe(2);
        error.ShouldContain("--on");
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Id and label of an answer.</summary>
    private static string[] PackedLines(string file)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string LabelOf(string line) => JsonNode.Parse(line) is var answer ? $"{answer!["id"]}: {answer["label"]}" : "";

    private async Task<int> AskedAsync() =>
        JsonNode.Parse(await _http.GetStringAsync("/simulator/ledger"))!["inference"]!.AsObject().Sum(model => model.Value!["requests"]!.GetValue<int>());

    private async Task<string> TrainAsync()
    {
        string lines = string.Join('\n', Enumerable.Range(0, 40).Select(i =>
            $$"""{"messages":[{"role":"user","content":"app {{i}} is {{(i % 2 == 0 ? "awful" : "lovely")}}"},{"role":"assistant","content":"{{(i % 2 == 0 ? 1 : 5)}}"}]}"""));
        using var form = new MultipartFormDataContent { { new StringContent("fine-tune"), "purpose" }, { new StringContent(lines), "file", "train.jsonl" } };
        JsonNode file = JsonNode.Parse(await (await _http.PostAsync("/v1/files", form)).Content.ReadAsStringAsync())!;
        using var body = new StringContent($$"""{"model":"gpt-4.1-mini","training_file":"{{file["id"]}}"}""", Encoding.UTF8, "application/json");
        JsonNode job = JsonNode.Parse(await (await _http.PostAsync("/v1/fine_tuning/jobs", body)).Content.ReadAsStringAsync())!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (job["fine_tuned_model"] is null)
        {
            await Task.Delay(20, patience.Token);
            job = JsonNode.Parse(await _http.GetStringAsync($"/v1/fine_tuning/jobs/{job["id"]}", patience.Token))!;
        }

        return job["fine_tuned_model"]!.GetValue<string>();
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
