using FineTuneFlow.Durable;

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

    private static async Task StartAsync(EngineHarness harness, string project, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => harness.Engine.StartAsync(Run, $"{project}-{i:D5}", Unit.Value)));
}
