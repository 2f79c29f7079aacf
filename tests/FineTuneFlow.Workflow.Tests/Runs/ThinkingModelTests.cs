using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>Models that think, and recipes that leave the model open, in whole runs.</summary>
public sealed class ThinkingModelTests
{
    [Fact]
    public async Task Models_that_think_are_judged_on_every_row_and_the_report_says_what_cannot_be_told()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun run = await product.RunAsync("thinking", Reviews.Csv(150), """
            {
              "candidates": [
                { "name": "luna", "kind": "prompt", "model": "gpt-6-luna" },
                { "name": "luna-low", "kind": "prompt", "model": "gpt-6-luna", "reasoningEffort": "low" },
                { "name": "o4", "kind": "prompt", "model": "o4-mini" }
              ],
              "baselines": [], "budget": { "approveAbove": 50 }
            }
            """);

        RunView ended = await product.EndAsync(run.RunId);

        ended.Failure.ShouldBeNull();
        RunReport report = ReportJson.Read(System.Text.Encoding.UTF8.GetString(await product.Store.ReadBytesAsync(RunPaths.Report(run.RunId, "json"))));
        report.Candidates.ShouldAllBe(c => c.Metrics!.Failed + c.Metrics.Missing == 0);
        // Asked at the service's own temperature, a model now and then says something else.
        report.Candidates.ShouldAllBe(c => c.Metrics!.Unparsable <= 3);
        report.Candidates.Single(c => c.Name == "luna").Metrics!.LogLoss.ShouldNotBeNull("thinking is off, so log-probabilities are there");
        report.Candidates.Single(c => c.Name == "luna-low").Metrics!.LogLoss.ShouldBeNull();
        report.Findings.Single(r => r.Code == "no-probabilities").Message.ShouldContain("luna-low");
        Recipe kept = await RunRecipes.ReadAsync(product.Store, run.RunId, TestContext.Current.CancellationToken);
        kept.Candidates.Select(c => c.ReasoningEffort).ShouldBe(["none", "low", "low"]);
        // Thinking is paid for, and in the record.
        ended.Candidates.Single(c => c.Record.Name == "luna-low").Record.CostUsd!.Value
            .ShouldBeGreaterThan(ended.Candidates.Single(c => c.Record.Name == "luna").Record.CostUsd!.Value);
    }

    [Fact]
    public async Task An_empty_recipe_trains_what_the_provider_suggests_today()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun run = await product.RunAsync("open", Reviews.Csv(150), """{ "budget": { "approveAbove": 50 } }""");

        RunView ended = await product.EndAsync(run.RunId);

        ended.Failure.ShouldBeNull();
        ended.Candidates.Select(c => c.Record.Name).ShouldBe(["gpt-4-1-mini", "linear"]);
        product.JobsCreated().ShouldBe(1);
    }
}
