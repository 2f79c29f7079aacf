using System.Text;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>Models that a service answers through its Batch API only, in whole runs whose recipe asks one by one.</summary>
public sealed class InBatchesOnlyTests
{
    private const string Recipe = """
        { "candidates": [{ "name": "gpt", "model": "gpt-4.1-mini", "epochs": 1 }], "baselines": [], "evaluation": { "chunkRows": 10 }, "budget": { "approveAbove": 50 } }
        """;

    [Fact]
    public async Task The_run_asks_in_batches_by_itself_at_their_price_and_says_so()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        RunView asked = await EndAsync(product, "asked-in-batches", Recipe.Replace("\"chunkRows\": 10", "\"mode\": \"batch\"", StringComparison.Ordinal));
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/chat/completions", "action": "batchOnly" } ] }""");

        RunView ended = await EndAsync(product, "batch-only", Recipe);

        (ended.Outcome, ended.Failure).ShouldBe((RunOutcome.Succeeded, null));
        CandidateRecord gpt = ended.Candidates.Single().Record;
        (gpt.Accuracy, gpt.CostUsd).ShouldBe((asked.Candidates.Single().Record.Accuracy, asked.Candidates.Single().Record.CostUsd));
        RunRecord record = await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(ended.RunId));
        record.Notes.ShouldContain(note => note.StartsWith("gpt: the service answers its model in batches only", StringComparison.Ordinal));
        RunReport report = ReportJson.Read(Encoding.UTF8.GetString(await product.Store.ReadBytesAsync(RunPaths.Report(ended.RunId, "json"))));
        report.Findings.Single(found => found.Code == "in-batches-only").Message.ShouldContain("gpt");
        product.JobsCreated().ShouldBe(2);
    }

    [Fact]
    public async Task An_untuned_model_is_refused_once_and_the_next_run_begins_with_its_batch()
    {
        const string Prompt = """
            { "candidates": [{ "name": "gpt", "kind": "prompt", "model": "gpt-4.1-mini" }], "baselines": [], "evaluation": { "maxConcurrency": 1 }, "budget": { "approveAbove": 50 } }
            """;
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/chat/completions", "calls": [1], "action": "batchOnly" } ] }""");

        RunView first = await EndAsync(product, "refused-once", Prompt);
        RunView next = await EndAsync(product, "known-by-now", Prompt);

        foreach (RunView run in new[] { first, next })
        {
            run.Failure.ShouldBeNull();
            (await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run.RunId))).Notes.ShouldContain(note => note.Contains("in batches only"));
        }
    }

    [Fact]
    public async Task What_an_earlier_version_of_the_product_has_stored_plain_is_not_asked_again()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        string run = (await EndAsync(product, "stored-plain", Recipe.Replace("\"chunkRows\": 10", "\"mode\": \"batch\"", StringComparison.Ordinal))).RunId;
        EvaluationPlan plan = await product.Store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(run));
        PlannedCandidate gpt = (await product.Store.ReadJsonAsync<RunPlan>(RunPaths.Plan(run))).Candidate("gpt")!;
        for (int chunk = 0; chunk < plan.Chunks; chunk++)
        {
            BlobPath packed = RunPaths.Predictions(run, "gpt", chunk);
            List<Prediction> predictions = await product.Store.ReadLinesAsync<Prediction>(packed);
            await product.Store.WriteLinesAsync(BlobPath.Of(packed.Container, packed.Name[..^BlobStoreJson.PackedEnding.Length]), predictions);
            await product.Store.DeleteAsync(packed);
        }

        await foreach (BlobEntry intent in product.Store.ListAsync(RunPaths.Runs, RunPaths.BatchesPrefix(run)))
        {
            await product.Store.DeleteAsync(intent.Path);
        }

        SubmittedBatch submitted = await ActivatorUtilities.CreateInstance<SubmitBatch>(product.Get<IServiceProvider>())
            .RunAsync(plan.BatchParts(run, gpt, "ft:gone").Single(), TestContext.Current.CancellationToken);

        submitted.ShouldBe(SubmittedBatch.None);
    }

    [Fact]
    public async Task Where_the_provider_has_no_batches_the_candidate_ends_with_what_to_do()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(("Providers:simulator:Profile:Batches", "false"));
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/chat/completions", "action": "batchOnly" } ] }""");

        RunView ended = await EndAsync(product, "no-batches", Recipe);

        Failure failure = ended.Candidates.Single().Record.Failure.ShouldNotBeNull();
        failure.Kind.ShouldBe(FailureKind.Forbidden);
        failure.Message.ShouldContain("answers this model in batches only");
        failure.Remedy.ShouldNotBeNull().ShouldContain("Providers__simulator__Profile__Batches");
        failure.Remedy!.ShouldContain("choose another model");
        product.JobsCreated().ShouldBe(1);
    }

    private static async Task<RunView> EndAsync(WholeProduct product, string project, string recipe) =>
        await product.EndAsync((await product.RunAsync(project, Reviews.Csv(200), recipe)).RunId);
}
