using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Tests.Sources;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Trainer.Tests.Product;

/// <summary>Encoders of a hub in runs of the local host: looked at before anything is spent, fetched where they are there, done without where the hub is
/// not. Runs alone: the host and its trainer read the hub's settings from the environment, which programs that other tests start would inherit.</summary>
[CollectionDefinition(nameof(HubRunTests), DisableParallelization = true)]
[Collection(nameof(HubRunTests))]
public sealed class HubRunTests : IAsyncLifetime
{
    private readonly LocalHub _hub = new(new[] { "config.json", "vocab.txt", "model.safetensors" }.ToDictionary(
        file => file, file => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert", file))));

    private TrainingHost? _host;

    private TrainingHost Host => _host!;

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("HF_ENDPOINT", _hub.Address.ToString());
        _host = await TrainingHost.StartAsync();
        Environment.SetEnvironmentVariable("FTF_HUB_CACHE", Path.Combine(_host.Home, "hub"));
    }

    [Fact(Timeout = 240_000)]
    public async Task A_made_up_model_is_refused_before_anything_is_prepared_or_spent()
    {
        _hub.Status = 404;

        RunView run = await Host.EndedAsync(TrainingHost.Csv(60, "c"), Recipe("owner/made-up", ""));

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Failure!.Kind.ShouldBe(FailureKind.NotFound);
        run.Failure.Message.ShouldContain("owner/made-up");
        run.Failure.Remedy.ShouldNotBeNull();
        await NothingPreparedAsync(run);
        _hub.Asked.ShouldAllBe(call => call.Path.StartsWith("/api/", StringComparison.Ordinal));
    }

    [Fact(Timeout = 240_000)]
    public async Task A_text_longer_than_the_model_takes_is_refused_before_anything_is_spent()
    {
        RunView run = await Host.EndedAsync(TrainingHost.Csv(60, "c"), Recipe("owner/tiny", """, "maxLength": 17"""));

        run.Failure!.Message.ShouldContain("16 positions");
        await NothingPreparedAsync(run);
    }

    [Fact(Timeout = 240_000)]
    public async Task The_check_of_a_file_refuses_a_made_up_model_and_quotes_one_that_is_there()
    {
        JsonNode quote = await CheckAsync(Recipe("owner/tiny", ""), succeeds: true);
        quote["quote"]!["candidates"]!.AsArray().Select(candidate => candidate!["name"]!.GetValue<string>()).ShouldContain("hub");

        _hub.Status = 401;
        JsonNode problem = await CheckAsync(Recipe("owner/made-up", ""), succeeds: false);
        problem.ToJsonString().ShouldContain("owner/made-up");
        problem.ToJsonString().ShouldContain("HF_TOKEN");
    }

    [Fact(Timeout = 240_000)]
    public async Task A_model_of_the_hub_is_fetched_trained_and_named_with_its_commit()
    {
        RunView run = await Host.EndedAsync(TrainingHost.Csv(120, "c"), Recipe("owner/tiny", ", \"epochs\": 2, \"learningRate\": 0.01, \"batchSize\": 8"));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Failure?.ToString());
        JsonNode report = await Host.ReportAsync(run.RunId);
        report["candidates"]!.AsArray().First(candidate => candidate!["name"]!.GetValue<string>() == "hub")!["hyperparameters"]!["model"]!.GetValue<string>()
            .ShouldBe($"owner/tiny@{LocalHub.Commit}");
    }

    [Fact(Timeout = 240_000)]
    public async Task Without_the_hub_the_run_says_so_and_goes_on_with_the_rest()
    {
        // Offline a trainer gives up at once; a hub that is merely silent is tried five times.
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");

        RunView run = await Host.EndedAsync(TrainingHost.Csv(120, "c"), Recipe("owner/tiny", ""));

        run.Notes.ShouldContain(note => note.Contains("owner/tiny", StringComparison.Ordinal) && note.Contains("HF_HUB_OFFLINE", StringComparison.Ordinal));
        JsonNode[] candidates = [.. (await Host.ReportAsync(run.RunId))["candidates"]!.AsArray().Select(candidate => candidate!)];
        candidates.First(candidate => candidate["name"]!.GetValue<string>() == "linear")["metrics"]!["accuracy"]!.GetValue<double>().ShouldBeGreaterThan(0.9);
        candidates.First(candidate => candidate["name"]!.GetValue<string>() == "hub")["failure"]!["kind"]!.GetValue<string>().ShouldBe("invalidInput");
        _hub.Asked.ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("HF_ENDPOINT", null);
        Environment.SetEnvironmentVariable("FTF_HUB_CACHE", null);
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", null);
        _hub.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    private static string Recipe(string model, string more) => $$"""
        { "candidates": [], "baselines": [ { "name": "linear" }, { "name": "hub", "kind": "encoder", "model": "{{model}}"{{more}} } ] }
        """;

    private async Task NothingPreparedAsync(RunView run)
    {
        using HttpResponseMessage manifest = await Host.Http.GetAsync($"runs/{run.RunId}/artifacts/dataset/manifest.json", TestContext.Current.CancellationToken);
        manifest.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        run.SpentUsd.ShouldBe(0);
        run.Quote.ShouldBeNull();
    }

    private async Task<JsonNode> CheckAsync(string recipe, bool succeeds)
    {
        using var form = new MultipartFormDataContent { { new StringContent(recipe), "recipe" }, { new StringContent(TrainingHost.Csv(60, "c")), "file", "reviews.csv" } };
        using HttpResponseMessage answer = await Host.Http.PostAsync("datasets/check", form, TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBe(succeeds);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
    }
}
