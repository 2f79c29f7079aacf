using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>What hosts do of themselves: clean up after runs that were terminated, remove old ones.</summary>
public sealed class HousekeepingTests
{
    private const string One = """
        { "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 3 }], "baselines": [], "budget": { "approveAbove": 50 } }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_was_terminated_by_the_engines_own_means_is_cleaned_up_after_and_its_record_says_so()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync("""{ "rules": [ { "match": "GET /v1/fine_tuning/jobs/*", "action": "slow", "milliseconds": 200 } ] }""");
        string run = (await product.RunAsync("terminated", Reviews.Csv(4_000), One)).RunId;
        await product.UntilAsync(run, view => view.Candidates is [{ Record.JobId: not null }]);

        await product.Engine.TerminateAsync(run, "by hand", Cancellation);
        (await product.EndAsync(run)).Status.ShouldBe(Durable.InstanceStatus.Terminated);
        await product.Get<TerminatedRuns>().LookAsync(Cancellation);

        RunRecord record = await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(run));
        record.Outcome.ShouldBe(RunOutcome.Cancelled);
        record.EndedAt.ShouldNotBeNull();
        record.Failure!.Message.ShouldContain("terminated from outside");
        product.Ledger()["jobs"]![0]!["status"]!.GetValue<string>().ShouldBe("cancelled");
        record.Notes.ShouldContain(note => note.StartsWith("Cancelled the job", StringComparison.Ordinal));
        await product.Engine.WhenIdleAsync(Cancellation);
        (await product.Engine.QueryAsync(new Durable.InstanceQuery { IdPrefix = run, RootsOnly = false, Statuses = [Durable.InstanceStatus.Running] }, Cancellation)).Instances.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_terminated_run_that_cannot_be_cleaned_up_after_keeps_no_other_from_it_and_is_tried_again()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        const string Unapproved = """
            { "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 3 }], "baselines": [], "budget": { "approveAbove": 0 } }
            """;
        string[] runs = [(await product.RunAsync("stuck-1", Reviews.Csv(120), Unapproved)).RunId, (await product.RunAsync("stuck-2", Reviews.Csv(120), Unapproved)).RunId];
        foreach (string run in runs)
        {
            await product.UntilAsync(run, view => view.NeedsApproval);
            await product.Engine.TerminateAsync(run, "by hand", Cancellation);
            await product.EndAsync(run);
        }

        // Whichever is looked at first: both are, and one of them cannot be read.
        BlobPath broken = RunPaths.Record(runs[1]);
        byte[] whole = await product.Store.ReadBytesAsync(broken, Cancellation);
        await product.Store.WriteBytesAsync(broken, "{"u8.ToArray());
        TerminatedRuns terminated = product.Get<TerminatedRuns>();
        await terminated.LookAsync(Cancellation);
        (await product.Store.ReadJsonAsync<RunRecord>(RunPaths.Record(runs[0]))).Outcome.ShouldBe(RunOutcome.Cancelled);

        await product.Store.WriteBytesAsync(broken, whole);
        await terminated.LookAsync(Cancellation);
        (await product.Store.ReadJsonAsync<RunRecord>(broken)).Outcome.ShouldBe(RunOutcome.Cancelled);
    }

    [Fact]
    public async Task An_old_run_that_cannot_be_removed_keeps_no_other_from_it_and_is_tried_a_day_later()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        const string Free = """{ "candidates": [], "baselines": [{ "name": "linear" }] }""";
        string stuck = (await product.RunAsync("stays", Reviews.Csv(120, seed: 1), Free)).RunId;
        await product.EndAsync(stuck);
        var runs = new List<string>();
        for (int seed = 1; seed <= 3; seed++)
        {
            runs.Add((await product.RunAsync("goes", Reviews.Csv(120, seed: seed), Free)).RunId);
            await product.EndAsync(runs[^1]);
        }

        // The first is the champion's, the last the challenger's.
        string goes = runs[1];

        await product.Store.WriteBytesAsync(RunPaths.Champion("stays"), "{"u8.ToArray());
        var clock = new LaterClock { Later = TimeSpan.FromDays(31) };
        RunRetention retention = Retention(product, clock, ("Retention:Days", "30"), ("Retention:Keep", "0"));
        await retention.TickAsync(Cancellation);
        (await product.Store.ExistsAsync(RunPaths.Record(goes), Cancellation)).ShouldBeFalse();
        (await product.Store.ExistsAsync(RunPaths.Record(stuck), Cancellation)).ShouldBeTrue();

        // The project has no version any more, and the next look is a day later.
        await product.Store.DeleteAsync(RunPaths.Champion("stays"), Cancellation);
        await retention.TickAsync(Cancellation);
        (await product.Store.ExistsAsync(RunPaths.Record(stuck), Cancellation)).ShouldBeTrue();
        clock.Later += TimeSpan.FromDays(1);
        await retention.TickAsync(Cancellation);
        (await product.Store.ExistsAsync(RunPaths.Record(stuck), Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task Old_runs_are_removed_once_a_day_but_for_the_newest_and_those_that_a_version_comes_from()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        const string Free = """{ "candidates": [], "baselines": [{ "name": "linear" }] }""";
        string first = (await product.RunAsync("retained", Reviews.Csv(120, seed: 1), Free)).RunId;
        (await product.EndAsync(first)).Promoted.ShouldNotBeNull();
        string second = (await product.RunAsync("retained", Reviews.Csv(120, seed: 2), Free)).RunId;
        await product.EndAsync(second);
        string third = (await product.RunAsync("retained", Reviews.Csv(120, seed: 3), Free)).RunId;
        RunView last = await product.EndAsync(third);
        last.Promoted.ShouldBeNull("the champion stays that of the first run");
        var clock = new LaterClock();

        RunRetention retention = Retention(product, clock, ("Retention:Days", "30"), ("Retention:Keep", "1"));
        await retention.TickAsync(Cancellation);
        (await Ids(product)).ShouldBe([third, second, first], "none of them is old");

        clock.Later = TimeSpan.FromDays(31);
        await retention.TickAsync(Cancellation);
        (await Ids(product)).ShouldBe([third, first]);
        (await product.Store.ExistsAsync(RunPaths.Record(second), Cancellation)).ShouldBeFalse();

        await Retention(product, clock).TickAsync(Cancellation);
        (await Ids(product)).ShouldBe([third, first], "without the setting nothing is removed");
    }

    [Theory]
    [InlineData("Retention:Days", "0")]
    [InlineData("Retention:Days", "soon")]
    [InlineData("Retention:Keep", "-1")]
    public void A_wrong_setting_is_named(string name, string value) =>
        Should.Throw<FlowException>(() => Options((name, value))).Failure.Field.ShouldBe(name.Replace(":", "__", StringComparison.Ordinal));

    private static RunRetention Retention(WholeProduct product, TimeProvider clock, params (string, string)[] settings) =>
        new(product.Get<RunReader>(), product.Get<RunRemoval>(), Options(settings), clock, NullLogger<RunRetention>.Instance);

    private static RetentionOptions Options(params (string Name, string Value)[] settings) =>
        RetentionOptions.Of(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());

    private static async Task<IEnumerable<string>> Ids(WholeProduct product) =>
        (await product.Get<RunReader>().ListAsync(new Durable.InstanceQuery { IdPrefix = "retained-" }, Cancellation)).Runs.Select(run => run.RunId);

    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Later;
    }
}
