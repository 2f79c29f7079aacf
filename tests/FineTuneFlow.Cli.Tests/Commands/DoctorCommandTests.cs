using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary>The doctor asks a real service (the simulator) and the dated table, and creates nothing.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-doctor-");

    [Fact]
    public async Task Each_candidate_is_told_with_its_days_and_what_to_take_instead()
    {
        await using WebApplication simulator = await SimulatorAsync(DateOnly.FromDateTime(DateTime.UtcNow).AddDays(12));
        string settings = Settings($$"""
            "DefaultProvider": "s", "Providers__s__Kind": "simulator", "Providers__s__BaseAddress": "{{simulator.Urls.First()}}/v1/", "Providers__s__Key": "k",
            "Providers__m__Profile": "bedrock-mantle", "Providers__m__BaseAddress": "https://127.0.0.1:1/v1/", "Providers__m__Key": "k"
            """);
        string recipe = Write("recipe.json", """
            {
              "candidates": [
                { "name": "dying", "model": "gpt-4.1-mini" }, { "name": "fine", "model": "babbage-002" }, { "name": "asked", "kind": "prompt", "model": "gpt-6-luna" },
                { "name": "cannot", "model": "gpt-6-luna" }, { "name": "mantle", "provider": "m", "model": "any" }, { "name": "lost", "provider": "nowhere", "model": "x" }
              ]
            }
            """);

        (int code, string output, string error) = await Ftf.RunAsync("doctor", "--recipe", recipe, "--settings", settings);

        code.ShouldBe(1, error);
        output.ShouldContain("ok     s: answers and takes the key");
        output.ShouldContain("wrong  dying: gpt-4.1-mini can be trained at s until");
        output.ShouldContain("(12 days)");
        output.ShouldContain("ok     fine: babbage-002 can be trained");
        output.ShouldContain("ok     asked: gpt-6-luna answers");
        output.ShouldContain("wrong  cannot: s does not fine-tune gpt-6-luna");
        output.ShouldContain("wrong  m: m cannot be reached");
        output.ShouldContain("wrong  mantle: m does not offer supervised fine-tuning");
        output.ShouldContain("wrong  lost: there is no provider \"nowhere\"");
        output.ShouldContain("baseline of our own");
        Directory.GetFiles(Path.Combine(_folder.FullName, "simulator", "jobs"), "*.json").ShouldBeEmpty("nothing is created by asking");
    }

    [Fact]
    public async Task The_settings_own_file_of_models_goes_before_the_built_in_table()
    {
        await using WebApplication simulator = await SimulatorAsync(null);
        string models = Write("models.json", $$"""
            { "asOf": "2026-11-29", "source": "us", "models": [ { "provider": "simulator", "model": "babbage-002", "inferenceEnds": "{{DateTime.UtcNow.AddDays(9):yyyy-MM-dd}}" } ] }
            """);
        string settings = Settings($$"""
            "Providers__s__Kind": "simulator", "Providers__s__BaseAddress": "{{simulator.Urls.First()}}/v1/", "Providers__s__Key": "k", "Costs__Models": {{System.Text.Json.JsonSerializer.Serialize(models)}}
            """);
        string recipe = Write("recipe.json", """{ "candidates": [ { "name": "old", "model": "babbage-002" } ], "baselines": [] }""");

        (int code, string output, string error) = await Ftf.RunAsync("doctor", "--recipe", recipe, "--settings", settings);

        code.ShouldBe(1, error);
        output.ShouldContain("wrong  old: babbage-002 can be trained at s until");
        output.ShouldContain("(9 days)");
    }

    [Fact]
    public async Task Without_a_recipe_what_would_be_trained_is_told()
    {
        await using WebApplication simulator = await SimulatorAsync(null);
        string settings = Settings($$"""
            "Providers__s__Kind": "simulator", "Providers__s__BaseAddress": "{{simulator.Urls.First()}}/v1/", "Providers__s__Key": "k"
            """);

        (int code, string output, string error) = await Ftf.RunAsync("doctor", "--settings", settings);

        code.ShouldBe(0, error);
        output.ShouldContain("gpt-4-1-mini: gpt-4.1-mini can be trained at s");
    }

    [Fact]
    public async Task A_service_that_answers_with_a_web_page_and_an_address_of_another_one_are_told_with_their_setting()
    {
        await using WebApplication simulator = await SimulatorAsync(null);
        using var http = new HttpClient { BaseAddress = new Uri(simulator.Urls.First()) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", "k");
        using var plan = new StringContent("""{ "rules": [ { "match": "GET /v1/**", "action": "webPage" } ] }""", System.Text.Encoding.UTF8, "application/json");
        (await http.PutAsync("/simulator/faults", plan, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        string settings = Settings($$"""
            "DefaultProvider": "page", "Providers__page__Kind": "simulator", "Providers__page__BaseAddress": "{{simulator.Urls.First()}}/v1/", "Providers__page__Key": "k",
            "Providers__other__Kind": "simulator", "Providers__other__BaseAddress": "{{simulator.Urls.First()}}/api/", "Providers__other__Key": "k"
            """);
        string recipe = Write("recipe.json", """
            { "candidates": [ { "name": "one", "kind": "prompt", "model": "babbage-002" }, { "name": "two", "kind": "prompt", "provider": "other", "model": "babbage-002" } ], "baselines": [] }
            """);

        (int code, string output, string error) = await Ftf.RunAsync("doctor", "--recipe", recipe, "--settings", settings);

        code.ShouldBe(1, error);
        output.ShouldContain("wrong  page: page answers with a web page instead of JSON (asked to list the models)");
        output.ShouldContain("Providers__page__BaseAddress");
        output.ShouldContain("wrong  other: other has nothing at this address");
        output.ShouldContain("Providers__other__BaseAddress");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<WebApplication> SimulatorAsync(DateOnly? end)
    {
        var options = new SimulatorOptions { Urls = "http://127.0.0.1:0", State = Path.Combine(_folder.FullName, "simulator") };
        WebApplication simulator = SimulatorApp.Build(end is { } day ? options with { Shutdowns = options.Shutdowns.Add("gpt-4.1-mini", day) } : options);
        await simulator.StartAsync();
        return simulator;
    }

    private string Settings(string values) => Write("settings.json", $$"""{ "IsEncrypted": false, "Values": { {{values}} } }""");

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
