using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

public sealed class RunRecordsTests
{
    private static readonly BlobRef Blob = new("drops/records/a.csv", "00", 1);

    [Fact]
    public async Task A_record_that_comes_late_does_not_bring_back_what_it_said()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        RunRecords records = product.Get<RunRecords>();
        RunRecord early = Record("records-late") with { Revision = 3 };
        RunRecord final = early with { Revision = 7, Outcome = RunOutcome.Succeeded, EndedAt = early.StartedAt.AddHours(1) };

        await records.WriteAsync(final, TestContext.Current.CancellationToken);
        await records.WriteAsync(early, TestContext.Current.CancellationToken);

        RunRecord stored = await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(early.RunId));
        (stored.Revision, stored.Outcome, stored.EndedAt).ShouldBe((7, RunOutcome.Succeeded, final.EndedAt));
    }

    [Fact]
    public async Task A_step_that_is_repeated_writes_its_record_again()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        RunRecords records = product.Get<RunRecords>();
        RunRecord record = Record("records-again") with { Revision = 3 };

        await records.WriteAsync(record, TestContext.Current.CancellationToken);
        await records.WriteAsync(record with { Headline = "the same step, tried again" }, TestContext.Current.CancellationToken);

        (await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(record.RunId))).Headline.ShouldBe("the same step, tried again");
    }

    private static RunRecord Record(string runId) => new()
    {
        RunId = $"{runId}-{Guid.NewGuid():N}",
        Project = "records",
        Drop = Blob,
        Recipe = Blob,
        Trigger = "http",
        Outcome = RunOutcome.Running,
        StartedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };
}
