using System.Text.Json.Nodes;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Trainer.Tests.Product;

/// <summary>A tiny encoder in a run on the local host: trained by the trainer's program, judged, promoted, served, gone on from.</summary>
public sealed class EncoderRunTests : IAsyncLifetime
{
    private TrainingHost? _host;

    private TrainingHost Host => _host!;

    public async ValueTask InitializeAsync() => _host = await TrainingHost.StartAsync();

    [Fact(Timeout = 240_000)]
    public async Task An_encoder_is_trained_promoted_asked_and_gone_on_from()
    {
        string model = Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert");
        RunView first = await Host.EndedAsync(TrainingHost.Csv(240, "c"), $$"""
            { "candidates": [], "dataset": { "split": { "method": "stable" } },
              "baselines": [ { "name": "linear" }, { "name": "tiny", "kind": "encoder", "model": "{{model}}", "epochs": 4, "learningRate": 0.01, "batchSize": 8 } ],
              "promotion": { "requireSignificance": false, "eligible": ["encoder"] } }
            """);

        first.Outcome.ShouldBe(RunOutcome.Succeeded, first.Failure?.ToString());
        JsonNode answer = await Host.PredictAsync("so good a");
        answer["label"]!.GetValue<string>().ShouldBe("3");
        answer["version"]!.GetValue<int>().ShouldBe(1);
        answer["probabilities"]!.AsObject().Sum(pair => pair.Value!.GetValue<double>()).ShouldBe(1, 1e-6);
        (await Host.PredictAsync("so bad b"))["label"]!.GetValue<string>().ShouldBe("1");
        JsonNode report = await Host.ReportAsync(first.RunId);
        JsonNode tiny = report["candidates"]!.AsArray().First(candidate => candidate!["name"]!.GetValue<string>() == "tiny")!;
        tiny["kind"]!.GetValue<string>().ShouldBe("encoder");
        tiny["hyperparameters"]!["device"]!.GetValue<string>().ShouldContain("cpu");
        double.Parse(tiny["hyperparameters"]!["parameters"]!.GetValue<string>(), null).ShouldBeGreaterThan(1000);
        tiny["curve"]!.AsObject().Count.ShouldBeGreaterThan(0);

        RunView second = await Host.EndedAsync(TrainingHost.Csv(260, "d"), """
            { "candidates": [], "dataset": { "split": { "method": "stable" } },
              "baselines": [ { "name": "more", "kind": "encoder", "continueFrom": "champion", "epochs": 1, "learningRate": 0.001 } ] }
            """);

        second.Outcome.ShouldBe(RunOutcome.Succeeded, second.Failure?.ToString());
        JsonNode[] candidates = [.. (await Host.ReportAsync(second.RunId))["candidates"]!.AsArray().Select(candidate => candidate!)];
        candidates.Select(candidate => candidate["name"]!.GetValue<string>()).Order().ShouldBe(["champion", "more"]);
        candidates.ShouldAllBe(candidate => candidate["metrics"]!["accuracy"]!.GetValue<double>() > 0.9);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_rerun_takes_over_what_was_trained_and_starts_no_container()
    {
        string model = Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert");
        RunView first = await Host.EndedAsync(TrainingHost.Csv(240, "c"), $$"""
            { "candidates": [], "baselines": [ { "name": "tiny", "kind": "encoder", "model": "{{model}}", "epochs": 1, "batchSize": 8 } ], "promotion": { "eligible": ["linear"] } }
            """);
        first.Outcome.ShouldBe(RunOutcome.Succeeded, first.Failure?.ToString());

        RunView again = await Host.RerunAsync(first.RunId, anew: false);
        RunView third = await Host.RerunAsync(again.RunId, anew: false);
        RunView anew = await Host.RerunAsync(first.RunId, anew: true);

        foreach (RunView adopting in new[] { again, third })
        {
            adopting.Outcome.ShouldBe(RunOutcome.Succeeded, adopting.Failure?.ToString());
            adopting.Notes.ShouldContain($"tiny: what the container of {first.RunId} has made was adopted; nothing was paid for training it again");
            (await Host.StartsAsync(adopting.RunId, "tiny")).ShouldBe(0);
            adopting.Candidates.ShouldHaveSingleItem().Record.Accuracy.ShouldBe(first.Candidates.ShouldHaveSingleItem().Record.Accuracy);
            (await Host.Http.GetStringAsync($"runs/{adopting.RunId}/artifacts/quote.json", TestContext.Current.CancellationToken)).ShouldContain("an earlier run has paid for its container");
            JsonNode tiny = (await Host.ReportAsync(adopting.RunId))["candidates"]![0]!;
            tiny["curve"]!.AsObject().Count.ShouldBeGreaterThan(0);
        }

        anew.Outcome.ShouldBe(RunOutcome.Succeeded, anew.Failure?.ToString());
        (await Host.StartsAsync(first.RunId, "tiny"), await Host.StartsAsync(anew.RunId, "tiny")).ShouldBe((1, 1));
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}
