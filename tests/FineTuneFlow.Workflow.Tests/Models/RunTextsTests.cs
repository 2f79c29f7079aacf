using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Models;

public sealed class RunTextsTests
{
    private readonly MemoryStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_texts_of_a_run_are_read_once_however_often_they_are_asked_for()
    {
        await WriteAsync("run-a", 3);
        var texts = new RunTexts(_store);

        for (int i = 0; i < 5; i++)
        {
            (await texts.OfAsync("run-a", Split.Train, Cancellation)).ShouldBe(["runa0", "runa1", "runa2"], ignoreOrder: true);
        }

        _store.Opened.ShouldBe(1);
    }

    [Fact]
    public async Task The_ones_that_were_asked_for_longest_ago_go_first()
    {
        await WriteAsync("run-a", 40);
        await WriteAsync("run-b", 40);
        await WriteAsync("run-c", 40);
        var texts = new RunTexts(_store, mostTexts: 100);
        foreach (string run in new[] { "run-a", "run-b", "run-a", "run-c", "run-a" })
        {
            (await texts.OfAsync(run, Split.Train, Cancellation)).Count.ShouldBe(40);
        }

        _store.Opened.ShouldBe(3);
        await texts.OfAsync("run-b", Split.Train, Cancellation);
        _store.Opened.ShouldBe(4);
    }

    [Fact]
    public async Task A_run_that_is_not_there_yet_has_none_and_is_looked_for_again()
    {
        var texts = new RunTexts(_store);
        (await texts.OfAsync("run-a", Split.Train, Cancellation)).ShouldBeEmpty();
        await WriteAsync("run-a", 2);

        (await texts.OfAsync("run-a", Split.Train, Cancellation)).Count.ShouldBe(2);
    }

    private Task<BlobWritten> WriteAsync(string run, int rows) => _store.WriteLinesAsync(
        RunPaths.Rows(run, Split.Train), Enumerable.Range(0, rows).Select(i => new DatasetRow($"{run.Replace("-", "", StringComparison.Ordinal)}{i}", "text", "1")), Cancellation);
}
