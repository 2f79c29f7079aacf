using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>Whether r-2, which repeats r-1, takes over what the container of r-1 has made: only where it came of the same rows.</summary>
public sealed class EarlierContainersTests : IAsyncLifetime
{
    private readonly MemoryStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ContainerRequests Requests => new(_store);

    public async ValueTask InitializeAsync()
    {
        foreach (string run in (string[])["r-1", "r-2"])
        {
            await _store.WriteJsonAsync(RunPaths.Record(run), new RunRecord
            {
                RunId = run, Project = "r", Drop = new BlobRef("drops/r/a.csv", "00", 1), Recipe = new BlobRef("runs/r/recipe.json", "00", 1),
                Trigger = "http", Outcome = RunOutcome.Succeeded, StartedAt = DateTimeOffset.UnixEpoch, Repeats = run == "r-2" ? ["r-1"] : [],
            }, cancellation: Cancellation);
            await _store.WriteJsonAsync(
                RunPaths.Recipe(run), new Recipe { Baselines = [new BaselineRecipe { Name = "encoder", Kind = BaselineKind.Encoder, Model = "bert" }] }, cancellation: Cancellation);
            foreach (Split split in Enum.GetValues<Split>())
            {
                await WriteAsync(RunPaths.Rows(run, split), $"{split}");
            }
        }

        ContainerJobRequest earlier = await Requests.OfAsync("r-1", "encoder", Cancellation);
        await WriteAsync(earlier.Labels, "[]");
        await WriteAsync(earlier.OutputFile(ContainerFiles.Result), "{}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    public async Task Rows_are_compared_by_what_both_manifests_say_of_them(string? theirs, string? ours, bool taken)
    {
        await ManifestAsync("r-1", theirs);
        await ManifestAsync("r-2", ours);

        if (theirs is not null)
        {
            // They are not needed then, and not read.
            foreach (Split split in Enum.GetValues<Split>())
            {
                await _store.DeleteAsync(RunPaths.Rows("r-1", split), Cancellation);
            }
        }

        (await FindAsync()).ShouldBe(taken ? "r-1" : null);
    }

    [Theory]
    [InlineData(Split.Train)]
    [InlineData(Split.Validation)]
    [InlineData(Split.Test)]
    public async Task Without_a_manifest_the_files_themselves_are_compared(Split differs)
    {
        await ManifestAsync("r-2", "a");
        (await FindAsync()).ShouldBe("r-1");

        await WriteAsync(RunPaths.Rows("r-1", differs), "others");

        (await FindAsync()).ShouldBeNull();
        await _store.DeleteAsync(RunPaths.Rows("r-1", differs), Cancellation);
        (await FindAsync()).ShouldBeNull();
    }

    private async Task<string?> FindAsync() =>
        await new EarlierContainers(_store, new EarlierRuns(_store), Requests).FindAsync(await Requests.OfAsync("r-2", "encoder", Cancellation), Cancellation);

    private async Task WriteAsync(BlobPath path, string text) => await _store.WriteBytesAsync(path, System.Text.Encoding.UTF8.GetBytes(text), cancellation: Cancellation);

    /// <param name="run">Whose.</param>
    /// <param name="hash">Of the holdout, beside those of the other splits; null: it has no manifest.</param>
    private async Task ManifestAsync(string run, string? hash)
    {
        if (hash is not null)
        {
            await _store.WriteJsonAsync(RunPaths.Manifest(run), new Manifest
            {
                Source = new SourceFacts("a.csv", "00", 1, "csv", "utf-8", ","), Settings = new DatasetRecipe(), Labels = new LabelSet([], false, []), Rows = new RowCounts(),
                PreparedBy = "1",
                Files = [.. Enum.GetValues<Split>().Select(split => new ManifestFile(DatasetFiles.Of(split), split, DatasetFiles.RowsForm, 1, 1, split == Split.Test ? hash : "00"))],
            }, cancellation: Cancellation);
        }
    }
}
