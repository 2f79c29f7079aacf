using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Engine;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>What a recipe asks is refused before anything is spent, or runs through.</summary>
public sealed class LargeRecipeTests(ITestOutputHelper output)
{
    [Fact]
    public void What_the_largest_run_hands_from_step_to_step_is_taken_by_the_engine()
    {
        int most = new EngineOptions { DatabasePath = "x" }.MaxPayloadBytes;
        // The champion stands beside them.
        string[] names = [.. Enumerable.Range(0, RecipeSize.Most + 1).Select(i => $"candidate-with-a-name-of-forty-letters{i:D3}")];
        names[0].Length.ShouldBeGreaterThanOrEqualTo(40);
        var blob = new BlobRef($"drops/{new string('p', 40)}/{new string('f', 100)}.csv", new string('0', 64), 1);
        var failure = new Failure(FailureKind.JobFailed, new string('m', 400), new string('r', 200));
        var figures = names.ToImmutableSortedDictionary(name => name, _ => 1234.56789, StringComparer.Ordinal);
        var origin = new ModelOrigin($"{new string('p', 40)}-0123456789abcdef", names[0]);
        RunPlan plan = new(
            [.. names.Select(name => new PlannedCandidate(name, OutcomeKind.Continuation, "provider-of-a-name", "gpt-4.1-mini-2025-04-14", names[0], Tuned(name), "chat-0123456789abcdef", null, origin))],
            [], [], 100, 24);
        CandidateResult[] results = [.. names.Select(name => new CandidateResult(
            name, OutcomeKind.Continuation, new TrainedModel(Tuned(name), $"ftjob-{new string('j', 32)}", 123_456_789, 1234.56789, true, TimeSpan.FromSeconds(1234.567), true, origin.RunId),
            new CandidateScore(name, OutcomeKind.Continuation, 1_000_000, 0.123456789, 1, 123_456_789, 123_456, 1.23456789, true, 1_000, 1.234567), failure))];
        var reconciliation = new Reconciliation
        {
            QuotedUsd = new Estimate(1, 2, 3),
            ActualUsd = 2,
            Candidates = [.. names.Select(name => new ReconciledCandidate(
                name, Range, 1234.56789, QuotePlace.Within, Range, 123_456_789, Range, 123_456_789))],
        };
        RunRecord record = new()
        {
            RunId = origin.RunId, Project = "p", Drop = blob, Recipe = blob, Trigger = "http", Outcome = RunOutcome.PartlyFailed, StartedAt = DateTimeOffset.UnixEpoch,
            Quote = new QuoteSummary(1, 2, 3, figures, false, 3, figures), Reconciliation = reconciliation,
            Notes = [.. names.Select(name => $"{name}: the job ftjob-{new string('j', 32)} of {origin.RunId} was adopted; nothing was paid for training it again")],
            Candidates = [.. names.Select(name => new CandidateRecord
            {
                Name = name, Kind = OutcomeKind.Continuation, State = CandidateState.Failed, Provider = "provider-of-a-name", Model = "gpt-4.1-mini-2025-04-14",
                JobId = $"ftjob-{new string('j', 32)}", TunedModel = Tuned(name), Accuracy = 0.123456789, CostUsd = 1.23456789, UsdPerThousand = 0.123456789, Simulated = true, Failure = failure,
            })],
        };
        var run = new RunInput(origin.RunId, "p", blob, blob, 24, "http");
        (string What, int Bytes)[] sizes =
        [
            ("PreparePlan's output", Bytes(plan)),
            ("QuoteRun's output", Bytes(record.Quote)),
            ("RecordRun's input", Bytes(record)),
            ("Compare's input", Bytes(new CompareInput(run, plan, [.. results], [], DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch))),
            ("Compare's output", Bytes(new ComparisonResult(reconciliation, blob, new string('v', 500), names[0], "headline"))),
        ];
        foreach ((string what, int bytes) in sizes)
        {
            output.WriteLine($"{what} at {RecipeSize.Most} candidates: {bytes / 1024} KB of {most / 1024} KB, {bytes / names.Length} bytes each");
        }

        sizes.ShouldAllBe(size => size.Bytes < most);
        sizes.MaxBy(size => size.Bytes).What.ShouldBe("Compare's input", "which is why docs/engine.md and RecipeSize name it");
    }

    [Fact(Timeout = 600_000)]
    public async Task A_recipe_of_as_many_candidates_as_are_taken_runs_through()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        string prompts = string.Join(",", Enumerable.Range(0, 99).Select(i => $$"""{ "name": "a-prompted-one-with-a-long-name-{{i:D3}}", "kind": "prompt", "model": "gpt-3.5-turbo" }"""));
        string recipe = $$"""
            { "candidates": [ { "name": "grid", "model": "babbage-002", "epochs": [1, 2], "batchSize": [2, 4, 6, 8, 10, 12, 14, 16, 24, 32], "learningRateMultiplier": [0.25, 0.5, 1, 2, 4] }, {{prompts}} ],
              "baselines": [ { "name": "linear" } ], "budget": { "usd": 10000, "approveAbove": 10000 }, "promotion": { "eligible": ["linear"] } }
            """;
        RecipeSize.Of(RecipeReader.Read("recipe", System.Text.Encoding.UTF8.GetBytes(recipe))).ShouldBe(RecipeSize.Most);

        RunView view = await product.UntilAsync((await product.RunAsync("many", Reviews.Csv(60), recipe)).RunId, run => run.EndedAt is not null, minutes: 9);

        view.Outcome.ShouldBe(RunOutcome.Succeeded, view.Failure?.ToString());
        view.Candidates.Length.ShouldBe(RecipeSize.Most);
        view.Candidates.ShouldAllBe(candidate => candidate.Record.State == CandidateState.Judged);
        product.JobsCreated().ShouldBe(100);
    }

    [Theory]
    [InlineData(1, "[0.1, 0.2]", "201")]
    [InlineData(0, "[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]", "600")]
    public void One_of_more_is_refused_with_their_number_and_what_to_do(int others, string rates, string count)
    {
        string more = string.Concat(Enumerable.Range(0, others).Select(i => $$""", { "name": "c{{i}}", "model": "babbage-002" }"""));
        string recipe = $$"""
            { "candidates": [ { "name": "wide", "model": "babbage-002", "epochs": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "batchSize": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "learningRateMultiplier": {{rates}} }{{more}} ],
              "baselines": [] }
            """;

        Failure refused = Should.Throw<FlowException>(() => RecipeReader.Read("recipe", System.Text.Encoding.UTF8.GetBytes(recipe))).Failure;

        refused.Message.ShouldContain($"asks for {count} candidates");
        refused.Message.ShouldContain($"one run takes {RecipeSize.Most}");
        refused.Remedy.ShouldNotBeNull().ShouldContain("divide it into several recipes");
        refused.Field.ShouldBe("candidates");
    }

    private static Estimate Range => new(1234.56789, 2345.67891, 3456.78912);

    private static string Tuned(string name) => $"ft:gpt-4.1-mini-2025-04-14:organisation:{name}:0123456789ab";

    private static int Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, FlowJson.Compact).Length;
}
