using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Trainer.Tests.Product;

/// <summary>The recipe <c>{}</c> on a host that has an encoder at hand, at a provider that trains and at one that only answers.</summary>
public sealed class EmptyRecipeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-empty-recipe-");

    [Theory(Timeout = 240_000)]
    [InlineData("false", new[] { "encoder: encoder", "gpt-4-1-mini: prompt", "linear: linearBaseline" })]
    [InlineData("true", new[] { "gpt-4-1-mini: fineTune", "linear: linearBaseline" })]
    public async Task Where_no_provider_trains_our_own_models_stand_beside_a_prompted_one(string trains, string[] expected)
    {
        await using WebApplication simulator = SimulatorApp.Build(
            new SimulatorOptions { Urls = "http://127.0.0.1:0", State = Path.Combine(_folder.FullName, "simulator"), Speed = 20 });
        await simulator.StartAsync(TestContext.Current.CancellationToken);
        await using TrainingHost host = await TrainingHost.StartAsync(
            "--Providers:simulator:Kind", "simulator", "--Providers:simulator:BaseAddress", simulator.Urls.First() + "/v1/", "--Providers:simulator:Key", "k",
            "--Providers:simulator:Profile:Trains", trains, "--Baselines:Encoder", Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert"));

        RunView run = await host.EndedAsync(TrainingHost.Csv(120, "c"), "{}");

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Failure?.ToString());
        var report = (await host.ReportAsync(run.RunId))["candidates"]!.AsArray();
        report.Select(one => $"{one!["name"]}: {one["kind"]}").Order(StringComparer.Ordinal).ShouldBe(expected);
        report.ShouldAllBe(one => one!["metrics"]!["accuracy"]!.GetValue<double>() > 0);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
