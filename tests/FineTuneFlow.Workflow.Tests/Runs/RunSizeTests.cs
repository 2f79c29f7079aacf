using System.Text;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Samples;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>What a run keeps, and that runs of before, which keep it unpacked, are read as well.</summary>
public sealed class RunSizeTests
{
    private const long Most = 2_000_000;

    [Fact]
    public async Task A_run_of_five_thousand_rows_keeps_less_than_two_megabytes_unless_asked_for_more()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        using var csv = new MemoryStream();
        SampleReviews.Write(csv, 5_000);
        StartedRun run = await product.RunAsync("size", Encoding.UTF8.GetString(csv.ToArray()), """{ "budget": { "approveAbove": 100 } }""");

        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Succeeded, ended.Failure?.ToString());
        var files = new List<(string Name, long Bytes)>();
        await foreach (BlobEntry file in product.Store.ListAsync(RunPaths.Runs, run.RunId + "/"))
        {
            files.Add((file.Path.Name, file.Bytes));
        }

        files.Sum(file => file.Bytes).ShouldBeLessThan(Most, string.Join('\n', files.OrderByDescending(file => file.Bytes).Take(15)));
        files.Count(file => file.Name.EndsWith(".chat.jsonl.gz", StringComparison.Ordinal)).ShouldBe(2, "what was uploaded stays to be looked at");
    }

    [Fact]
    public async Task Files_that_runs_of_before_kept_unpacked_are_read_and_not_asked_for_again()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        BlobPath packed = RunPaths.Predictions("old-1", "gpt", 0);
        BlobPath plain = BlobPath.Of(packed.Container, packed.Name[..^BlobStoreJson.PackedEnding.Length]);
        await product.Store.WriteLinesAsync(plain, [new Prediction { Id = "a", Label = "1" }]);

        (await product.Store.ExistsPackedAsync(packed)).ShouldBeTrue();
        (await product.Store.ReadLinesAsync<Prediction>(packed)).Single().Id.ShouldBe("a");
        await product.Store.WriteLinesAsync(packed, [new Prediction { Id = "a", Label = "1" }, new Prediction { Id = "b", Label = "2" }]);

        (await product.Store.ReadLinesAsync<Prediction>(packed)).Select(one => one.Id).ShouldBe(["a", "b"]);
        (await FineTuneFlow.Workflow.Evaluation.CandidateScores.PredictionsAsync(product.Store, "old-1", "gpt", CancellationToken.None)).Select(one => one.Id).ShouldBe(["a", "b"], ignoreOrder: true);
    }
}
