using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Engine.Tests;

/// <summary>What a user may ask for at the wrong moment, and clocks and workers that misbehave.</summary>
public class OddStateTests
{
    private static readonly EventName<string> Go = new("Go");
    private static readonly ActivityName<int, int> Work = new("Work");
    private static readonly OrchestrationName<int, int> Run = new("Run");

    [Fact]
    public async Task An_activity_that_hangs_loses_its_place_and_is_tried_again_and_its_late_answer_is_not_taken()
    {
        int begun = 0;
        var hanging = new TaskCompletionSource<int>();
        var asked = new TaskCompletionSource();
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Work, async (n, cancellation) =>
            {
                if (Interlocked.Increment(ref begun) > 1)
                {
                    return n;
                }

                await using CancellationTokenRegistration _ = cancellation.Register(asked.SetResult);
                return await hanging.Task; // Deaf to what it is asked.
            })
            .With(Run, (context, n) => context.CallAsync(Work, n, new RetryPolicy(2, TimeSpan.FromMinutes(1))));
        await using EngineHarness harness = await EngineHarness.StartAsync(
            catalog, o => o with { ActivityTimeout = TimeSpan.FromMinutes(10), MaxParallelActivities = 1 });
        await harness.Engine.StartAsync(Run, "r", 7);
        while (harness.Engine.RunningActivities == 0)
        {
            await Task.Yield();
        }

        harness.Clock.Advance(TimeSpan.FromMinutes(9.5));
        harness.Engine.RunningActivities.ShouldBe(1);
        harness.Clock.Advance(TimeSpan.FromMinutes(1));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        InstanceState state = await harness.EndOfAsync("r");
        hanging.SetResult(-1);
        await harness.SettleAsync();

        state.Output!.GetValue<int>().ShouldBe(7);
        HistoryEntry[] ends = [.. (await harness.Engine.GetHistoryAsync("r")).Where(e => e.Kind is HistoryKind.ActivityFailed or HistoryKind.ActivityCompleted)];
        ends.Length.ShouldBe(2);
        ends[0].Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        ends[0].Failure!.Message.ShouldBe("Work did not end within 00:10:00");
    }

    [Fact]
    public async Task What_a_purged_instance_has_left_in_memory_does_not_reach_a_later_one()
    {
        // Both instances have a timer as their first step and an activity as their second.
        var answers = new[] { new TaskCompletionSource<int>(), new TaskCompletionSource<int>() };
        using var begun = new SemaphoreSlim(0);
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Work, (n, _) =>
            {
                begun.Release();
                return answers[n].Task;
            })
            .With(Run, async (context, n) =>
            {
                Task wait = context.Delay(n == 0 ? TimeSpan.FromMinutes(10) : TimeSpan.FromHours(1));
                Task<int> work = context.CallAsync(Work, n);
                await wait;
                return await work;
            });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        DateTimeOffset began = harness.Clock.GetUtcNow();
        await harness.Engine.StartAsync(Run, "old", 0);
        (await begun.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        await harness.Engine.TerminateAsync("old", "enough");
        await harness.Engine.PurgeAsync("old");
        await harness.Engine.StartAsync(Run, "new", 1);
        (await begun.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();

        answers[0].SetResult(1_000);
        while (harness.Engine.RunningActivities > 1)
        {
            await Task.Yield();
        }

        answers[1].SetResult(2);
        InstanceState state = await harness.EndOfAsync("new");

        state.Output!.GetValue<int>().ShouldBe(2);
        (state.EndedAt!.Value - began).ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_timer_that_comes_due_while_its_instance_is_suspended_is_taken_when_it_is_resumed()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, async (context, n) =>
        {
            await context.Delay(TimeSpan.FromHours(1));
            return n;
        });
        foreach (bool restarts in new[] { false, true })
        {
            await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
            await harness.Engine.StartAsync(Run, "r", 3);
            await harness.SettleAsync();
            await harness.Engine.SuspendAsync("r", "hold");
            harness.Clock.Advance(TimeSpan.FromHours(2));
            await harness.SettleAsync();
            (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Suspended);
            if (restarts)
            {
                await harness.KillAndRestartAsync();
            }

            await harness.Engine.ResumeAsync("r", "go");

            (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(3);
        }
    }

    [Fact]
    public async Task Only_a_failed_instance_is_rewound_and_the_others_say_what_they_are()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, async (context, n) => n == 0 ? 0 : n + (await context.WaitForEvent(Go)).Length);
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "done", 0);
        await harness.Engine.StartAsync(Run, "stopped", 1);
        await harness.Engine.StartAsync(Run, "waiting", 1);
        await harness.SettleAsync();
        await harness.Engine.TerminateAsync("stopped", "enough");

        foreach ((string id, string says) in new[] { ("done", "Completed"), ("stopped", "Terminated"), ("waiting", "Running") })
        {
            Failure refused = (await Should.ThrowAsync<FlowException>(() => harness.Engine.RewindAsync(id, "try"))).Failure;
            refused.Kind.ShouldBe(FailureKind.Conflict);
            refused.Message.ShouldContain(says);
        }

        (await Should.ThrowAsync<FlowException>(() => harness.Engine.RewindAsync("nobody", "try"))).Failure.Kind.ShouldBe(FailureKind.NotFound);
        (await harness.Engine.GetAsync("waiting"))!.Status.ShouldBe(InstanceStatus.Running);
    }

    [Fact]
    public async Task A_child_that_fails_again_after_a_rewind_can_be_rewound_again()
    {
        int attempts = 0;
        var child = new OrchestrationName<int, int>("Child");
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Work, n => Interlocked.Increment(ref attempts) < 3 ? throw new FlowException(FailureKind.JobFailed, $"attempt {attempts}") : n)
            .With(child, (context, n) => context.CallAsync(Work, n))
            .With(Run, (context, n) => context.CallAsync(child, n));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 5);
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("attempt 1");
        await harness.Engine.RewindAsync("r", "first repair");
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("attempt 2");
        await harness.KillAndRestartAsync();

        await harness.Engine.RewindAsync("r", "second repair");

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(5);
        (await harness.Engine.GetHistoryAsync("r:1")).Count(e => e.Kind == HistoryKind.Rewound).ShouldBe(2);
        await Replays.AssertEveryPrefixAsync(harness.Engine, harness.Catalog);
    }

    [Fact]
    public async Task An_instances_time_does_not_go_back_with_the_clock_and_its_timers_still_fire()
    {
        var seen = new List<DateTimeOffset>();
        WorkflowCatalog catalog = new WorkflowCatalog().Activity(Work, n => n).With(Run, async (context, n) =>
        {
            for (int i = 0; i < 3; i++)
            {
                await context.CallAsync(Work, i);
                seen.Add(context.UtcNow);
                await context.Delay(TimeSpan.FromMinutes(10));
            }

            return n;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxLiveOrchestrations = 1 });
        await harness.Engine.StartAsync(Run, "r", 9);
        await harness.SettleAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(15));
        await harness.SettleAsync();
        harness.Clock.TurnBack(TimeSpan.FromHours(2));
        await harness.KillAndRestartAsync();

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(9);
        seen.Distinct().ShouldBeInOrder();
        (await harness.Engine.GetHistoryAsync("r")).Select(e => e.At).ShouldBeInOrder();
        await Replays.AssertEveryPrefixAsync(harness.Engine, harness.Catalog);
    }

    [Fact]
    public async Task Pages_neither_repeat_nor_miss_an_instance_when_others_are_started_and_purged_between_them()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, (_, n) => Task.FromResult(n));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        for (int i = 0; i < 40; i++)
        {
            await harness.Engine.StartAsync(Run, $"r-{i:00}", i);
            if (i % 4 == 0)
            {
                harness.Clock.Advance(TimeSpan.FromSeconds(1)); // Several share a moment.
            }
        }

        await harness.SettleAsync();
        var seen = new List<string>();
        string? continuation = null;
        do
        {
            InstancePage page = await harness.Engine.QueryAsync(new InstanceQuery { IdPrefix = "r-", PageSize = 7, Continuation = continuation });
            seen.AddRange(page.Instances.Select(i => i.InstanceId));
            continuation = page.Continuation;
            await harness.Engine.StartAsync(Run, $"r-new-{seen.Count}", 0);
            await harness.SettleAsync();
            await harness.Engine.PurgeAsync(seen[^1]); // The very one that the token names.
        }
        while (continuation is not null);

        seen.ShouldBe([.. Enumerable.Range(0, 40).Select(i => $"r-{i:00}").Reverse()]);
    }
}
