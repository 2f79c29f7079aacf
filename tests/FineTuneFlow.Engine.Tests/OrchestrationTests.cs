using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Tests;

public class OrchestrationTests
{
    private static readonly ActivityName<int, int> Double = new("Double");
    private static readonly EventName<string> Go = new("Go");

    [Fact]
    public async Task Activities_run_in_sequence_and_in_parallel_and_their_results_come_back()
    {
        var sum = new OrchestrationName<int, int>("Sum");
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Double, i => 2 * i)
            .With(sum, async (context, n) =>
            {
                int first = await context.CallAsync(Double, n);
                int[] all = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => context.CallAsync(Double, i)));
                return first + all.Sum();
            });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);

        (await harness.Engine.StartAsync(sum, "s-1", 10)).ShouldBeTrue();
        (await harness.Engine.StartAsync(sum, "s-1", 11)).ShouldBeFalse();

        InstanceState state = await harness.EndOfAsync("s-1");
        state.Status.ShouldBe(InstanceStatus.Completed);
        state.Output!.GetValue<int>().ShouldBe(20 + (49 * 50));
        IReadOnlyList<HistoryEntry> history = await harness.Engine.GetHistoryAsync("s-1");
        history.Count(e => e.Kind == HistoryKind.ActivityScheduled).ShouldBe(51);
        history.Count(e => e.Kind == HistoryKind.ActivityCompleted && e.Name == "Double").ShouldBe(51);
        history.Select(e => e.Sequence).ShouldBe(Enumerable.Range(1, history.Count));
        history.Where(e => e.Kind == HistoryKind.ActivityScheduled).Select(e => e.StepId).ShouldBe(Enumerable.Range(1, 51).Select(step => (int?)step));
        (history[0].Name, history[0].Input!.GetValue<int>(), history[^1].Output!.GetValue<int>()).ShouldBe(("Sum", 10, 2_470));
    }

    [Fact]
    public async Task A_killed_engine_goes_on_where_it_was_and_repeats_no_recorded_step()
    {
        var calls = new ConcurrentBag<int>();
        var steps = new OrchestrationName<Unit, int>("Steps");
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Double, i =>
            {
                calls.Add(i);
                return 2 * i;
            })
            .With(steps, async (context, _) =>
            {
                int a = await context.CallAsync(Double, 1);
                await context.DelayUntil(context.UtcNow + TimeSpan.FromHours(5));
                string word = await context.WaitForEvent(Go);
                return await context.CallAsync(Double, a + word.Length);
            });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(steps, "r", Unit.Value);
        await harness.Engine.RaiseEventAsync("r", Go, "early");
        await harness.SettleAsync();
        await harness.KillAndRestartAsync();

        InstanceState state = await harness.EndOfAsync("r");

        state.Output!.GetValue<int>().ShouldBe(14);
        calls.Order().ShouldBe([1, 7]);
        (state.EndedAt!.Value - state.CreatedAt).ShouldBe(TimeSpan.FromHours(5));
    }

    [Fact]
    public async Task A_failed_activity_is_retried_by_durable_timers_as_its_policy_says()
    {
        int attempts = 0;
        var flaky = new ActivityName<Unit, int>("Flaky", new RetryPolicy(4, TimeSpan.FromSeconds(10), 2, TimeSpan.FromSeconds(30)));
        var run = new OrchestrationName<Unit, int>("Run");
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(flaky, _ => ++attempts switch
            {
                1 => throw new FlowException(FailureKind.Unavailable, "down"),
                2 => throw new FlowException(new Failure(FailureKind.Throttled, "slow down", RetryAfter: TimeSpan.FromMinutes(2))),
                3 => throw new InvalidOperationException("a text that must not be seen"),
                _ => attempts,
            })
            .With(run, (context, _) => context.CallAsync(flaky, Unit.Value));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);

        await harness.Engine.StartAsync(run, "r", Unit.Value);
        InstanceState state = await harness.EndOfAsync("r");

        state.Output!.GetValue<int>().ShouldBe(4);
        // 10 s, then what the other side asked for, then 40 s cut to 30 s.
        (state.EndedAt!.Value - state.CreatedAt).ShouldBe(TimeSpan.FromSeconds(10 + 120 + 30));
        IReadOnlyList<HistoryEntry> history = await harness.Engine.GetHistoryAsync("r");
        history.Count(e => e.Kind == HistoryKind.ActivityFailed).ShouldBe(3);
        history.ShouldAllBe(e => e.Failure == null || !e.Failure.ToString().Contains("a text that"));
    }

    [Fact]
    public async Task Continue_as_new_begins_with_an_empty_history_and_keeps_events_that_nobody_took()
    {
        var loop = new OrchestrationName<List<string>, List<string>>("Loop");
        WorkflowCatalog catalog = new WorkflowCatalog().With(loop, async (context, seen) =>
        {
            seen.Add(await context.WaitForEvent(Go));
            if (seen.Count < 4)
            {
                context.ContinueAsNew(seen);
            }

            return seen;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(loop, "l", []);
        foreach (string word in new[] { "a", "b", "c" })
        {
            await harness.Engine.RaiseEventAsync("l", Go, word);
        }

        await harness.KillAndRestartAsync();
        await harness.Engine.RaiseEventAsync("l", Go, "d");

        InstanceState state = await harness.EndOfAsync("l");
        state.Output!.AsArray().Select(n => n!.GetValue<string>()).ShouldBe(["a", "b", "c", "d"]);
        (await harness.Engine.GetHistoryAsync("l")).Count(e => e.Kind == HistoryKind.ContinuedAsNew).ShouldBe(3);
    }

    [Fact]
    public async Task Waiting_with_a_deadline_gives_the_event_or_null_and_leaves_neither_timer_nor_waiter_behind()
    {
        var wait = new OrchestrationName<Unit, string>("Wait");
        WorkflowCatalog catalog = new WorkflowCatalog().With(wait, async (context, _) =>
        {
            string? none = await context.WaitForEvent(Go, context.UtcNow + TimeSpan.FromMinutes(1));
            string? first = await context.WaitForEvent(Go, context.UtcNow + TimeSpan.FromDays(1));
            string second = await context.WaitForEvent(Go);
            return $"{none ?? "-"} {first} {second}";
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(wait, "w", Unit.Value);
        await harness.SettleAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(2));
        await harness.SettleAsync();
        await harness.KillAndRestartAsync();
        await harness.Engine.RaiseEventAsync("w", Go, "one");
        await harness.SettleAsync();
        harness.Engine.NextDue.ShouldBeNull();
        await harness.KillAndRestartAsync();
        harness.Engine.NextDue.ShouldBeNull();
        await harness.Engine.RaiseEventAsync("w", Go, "two");

        (await harness.EndOfAsync("w")).Output!.GetValue<string>().ShouldBe("- one two");
    }
}
