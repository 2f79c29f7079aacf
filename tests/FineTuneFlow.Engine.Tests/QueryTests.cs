using FineTuneFlow.Durable;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Tests;

public sealed class QueryTests
{
    private static readonly OrchestrationName<Unit, int> Run = new("Run");

    [Fact]
    public async Task Pages_by_prefix_are_newest_first_and_whole_whether_few_or_many_begin_so()
    {
        const int Many = DurableEngine.SortedAtMost + 100;
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, (_, _) => Task.FromResult(1));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await StartAsync(harness, "many", Many);
        harness.Clock.Advance(TimeSpan.FromSeconds(1));
        await StartAsync(harness, "few", 30);
        await harness.SettleAsync();

        foreach ((string prefix, int count) in new[] { ("many-", Many), ("few-", 30), ("none-", 0) })
        {
            var found = new List<InstanceState>();
            string? continuation = null;
            do
            {
                InstancePage page = await harness.Engine.QueryAsync(new InstanceQuery { IdPrefix = prefix, PageSize = 700, Continuation = continuation });
                found.AddRange(page.Instances);
                continuation = page.Continuation;
            }
            while (continuation is not null);

            found.Select(one => one.InstanceId).ShouldBeUnique();
            found.Count.ShouldBe(count);
            found.ShouldAllBe(one => one.InstanceId.StartsWith(prefix, StringComparison.Ordinal));
            found.Select(one => one.CreatedAt).ShouldBeInOrder(SortDirection.Descending);
        }
    }

    [Fact]
    public async Task A_database_without_the_index_of_endings_has_it_after_the_next_start()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(new WorkflowCatalog().With(Run, (_, _) => Task.FromResult(1)));
        await StartAsync(harness, "old", 3);
        await harness.SettleAsync();
        await harness.Engine.StopAsync();
        using (var connection = new SqliteConnection($"Data Source={harness.DatabasePath};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            // As the version before left it; and an output that cannot be read must not keep the engine from starting.
            command.CommandText = """
                DROP INDEX instances_by_ending; UPDATE instances SET output = '{"outcome":"good"}' WHERE id = 'old-00001'; UPDATE instances SET output = '{' WHERE id = 'old-00002';
                """;
            command.ExecuteNonQuery();
        }

        await harness.StartEngineAsync();

        var good = new InstanceQuery { Outcome = "good", Statuses = [InstanceStatus.Completed, InstanceStatus.Failed] };
        (await harness.Engine.QueryAsync(good)).Instances.Select(i => i.InstanceId).ShouldBe(["old-00001"]);
    }

    [Fact]
    public async Task Open_instances_are_newest_first_whether_few_or_many_are_open()
    {
        const int Many = DurableEngine.SortedAtMost + 100;
        var waiting = new OrchestrationName<Unit, int>("Waiting");
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, (_, _) => Task.FromResult(1))
            .With(waiting, async (context, _) => await context.WaitForEvent(new EventName<int>("go")));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await StartAsync(harness, "ended", 20);
        await harness.SettleAsync();
        var open = new InstanceQuery { Statuses = [InstanceStatus.Pending, InstanceStatus.Running], PageSize = 1_000 };
        foreach (int count in new[] { 5, Many })
        {
            await Task.WhenAll(Enumerable.Range(0, count).Select(i => harness.Engine.StartAsync(waiting, $"{count}-{i:D5}", Unit.Value)));
            InstancePage page = await harness.Engine.QueryAsync(open);

            page.Instances.Count.ShouldBe(Math.Min(count, 1_000));
            page.Instances.ShouldAllBe(one => one.InstanceId.StartsWith($"{count}-", StringComparison.Ordinal));
            page.Instances.Select(one => one.CreatedAt).ShouldBeInOrder(SortDirection.Descending);
            harness.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task StartAsync(EngineHarness harness, string project, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => harness.Engine.StartAsync(Run, $"{project}-{i:D5}", Unit.Value)));
}
