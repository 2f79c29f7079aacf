using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Tests;

/// <summary>What an orchestration's code is given by its context.</summary>
public sealed class ContextTests
{
    private static readonly ActivityName<int, int> Work = new("Work");
    private static readonly EventName<string> Go = new("Go");
    private static readonly OrchestrationName<int, string> Run = new("Run");

    [Fact]
    public async Task Ids_differ_by_instance_beginning_and_place_and_are_marked_as_made_by_rule()
    {
        var ids = new List<string>();
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, (context, n) =>
        {
            ids.AddRange(Enumerable.Range(0, 20).Select(_ => $"{context.NewGuid()}"));
            if (n == 0)
            {
                context.ContinueAsNew(1);
            }

            return Task.FromResult("");
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "a", 0);
        await harness.EndOfAsync("a");
        await harness.Engine.StartAsync(Run, "b", 1);
        await harness.EndOfAsync("b");

        ids.Count.ShouldBe(60);
        ids.Distinct().Count().ShouldBe(60);
        // Worked out in Python from "id, beginning, number" by SHA-256: instances that began under another version go on with the same ids.
        (ids[0], ids[1], ids[20], ids[21]).ShouldBe(("84dd294a-f2ae-80c1-89d7-a758de50a4be", "90a62f26-3c81-8b58-965a-b346f26bba4a", "7fcfcbf7-bbd3-8f72-b196-8b92aaa197ed", "7799604c-0ec1-812e-ad1b-a9dd9710e5f1"));
        // RFC 9562: version 8, and the variant of two bits.
        ids.ShouldAllBe(id => id[14] == '8' && "89ab".Contains(id[19]));
        ids.Select(id => id[0]).Distinct().Count().ShouldBeGreaterThan(8);
        ids.Select(id => id[15]).Distinct().Count().ShouldBeGreaterThan(8);
    }

    [Fact]
    public async Task A_status_is_what_was_set_last_also_after_a_replay()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, async (context, _) =>
        {
            context.SetStatus("one");
            await context.WaitForEvent(Go);
            context.SetStatus("two");
            return await context.WaitForEvent(Go) + await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        async Task<string> Status()
        {
            await harness.SettleAsync();
            return (await harness.Engine.GetAsync("r"))!.CustomStatus!.GetValue<string>();
        }

        await harness.Engine.StartAsync(Run, "r", 0);
        (await Status()).ShouldBe("one");
        await harness.Engine.RaiseEventAsync("r", Go, "a");
        (await Status()).ShouldBe("two");
        await harness.KillAndRestartAsync();
        await harness.Engine.RaiseEventAsync("r", Go, "b");
        (await Status()).ShouldBe("two");
        await harness.Engine.RaiseEventAsync("r", Go, "c");
        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("bc");
        (await Status()).ShouldBe("two");
    }

    [Fact]
    public async Task A_rewound_instance_shows_the_status_of_where_it_goes_on_and_not_that_of_its_failure()
    {
        bool broken = true;
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Work, n => broken ? throw new FlowException(FailureKind.JobFailed, "broke") : n)
            .With(Run, async (context, _) =>
            {
                context.SetStatus("working");
                try
                {
                    await context.CallAsync(Work, 1);
                }
                catch (StepFailedException)
                {
                    context.SetStatus("failed");
                    throw;
                }

                return await context.WaitForEvent(Go);
            });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        (await harness.EndOfAsync("r")).CustomStatus!.GetValue<string>().ShouldBe("failed");
        broken = false;

        await harness.Engine.RewindAsync("r", "repaired");
        await harness.SettleAsync();

        InstanceState state = (await harness.Engine.GetAsync("r"))!;
        (state.Status, state.CustomStatus!.GetValue<string>()).ShouldBe((InstanceStatus.Running, "working"));
    }

    [Fact]
    public async Task The_context_is_of_no_use_outside_of_the_turns()
    {
        IOrchestrationContext? kept = null;
        WorkflowCatalog catalog = new WorkflowCatalog().Activity(Work, n => n).With(Run, async (context, _) =>
        {
            kept = context;
            return await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        await harness.SettleAsync();
        IOrchestrationContext context = kept.ShouldNotBeNull();

        (string What, Func<Task> Use)[] uses =
        [
            ("an id", () => Task.FromResult(context.NewGuid())),
            ("an event", () => context.WaitForEvent(Go)),
            ("a timer", () => context.DelayUntil(context.UtcNow.AddHours(1))),
            ("an activity", () => context.CallAsync(Work, 1)),
            ("a child", () => context.CallAsync(Run, 1)),
            ("sending", () => Sync(() => context.SendEvent("r", Go, "x"))),
            ("a status", () => Sync(() => context.SetStatus("x"))),
            ("a new beginning", () => Sync(() => context.ContinueAsNew(1))),
        ];
        foreach ((string what, Func<Task> use) in uses)
        {
            (await Should.ThrowAsync<FlowException>(async () => await use().WaitAsync(TimeSpan.FromSeconds(10)))).Failure.ShouldSatisfyAllConditions(
                failure => failure.Kind.ShouldBe(FailureKind.NonDeterministic, what), failure => failure.Message.ShouldBe("Run used its context outside of its turn"));
        }

        await harness.Engine.RaiseEventAsync("r", Go, "end");
        InstanceState state = await harness.EndOfAsync("r");
        (state.Output!.GetValue<string>(), state.CustomStatus).ShouldBe(("end", null));
        (await harness.Engine.GetHistoryAsync("r")).Count.ShouldBe(3);

        static Task Sync(Action use)
        {
            use();
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_before_it_begins_asks_for_nothing()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, async (context, _) =>
        {
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();
            Task delay = context.DelayUntil(context.UtcNow.AddHours(1), cancelled.Token);
            Task<string> word = context.WaitForEvent(Go, cancelled.Token);
            string told = $"{delay.IsCanceled} {word.IsCanceled} ";
            return told + await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        await harness.Engine.RaiseEventAsync("r", Go, "end");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("True True end");
        (await harness.Engine.GetHistoryAsync("r")).ShouldNotContain(e => e.Kind == HistoryKind.TimerCreated || e.Kind == HistoryKind.TimerCancelled);
    }

    [Fact]
    public async Task Code_that_cancels_itself_fails_as_cancelled()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, async (context, _) =>
        {
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();
            await context.DelayUntil(context.UtcNow.AddHours(1), cancelled.Token);
            return "";
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);

        InstanceState state = await harness.EndOfAsync("r");

        (state.Status, state.Failure!.Kind, state.Failure.Message).ShouldBe((InstanceStatus.Failed, FailureKind.Cancelled, "Run cancelled itself"));
    }

    [Fact]
    public async Task Outputs_inputs_to_go_on_with_and_events_have_the_limit_of_payloads()
    {
        string big = new('x', 3_000);
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, async (context, n) =>
        {
            switch (n)
            {
                case 1:
                    context.ContinueAsNew(big);
                    break;
                case 2:
                    context.SendEvent("somebody", Go, big);
                    break;
            }

            return await Task.FromResult(big);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxPayloadBytes = 2_048 });
        foreach ((int n, string what) in new[] { (0, "output of Run"), (1, "input to continue with"), (2, "event Go") })
        {
            await harness.Engine.StartAsync(Run, $"r{n}", n);
            Failure failure = (await harness.EndOfAsync($"r{n}")).Failure!;
            (failure.Kind, failure.Message).ShouldBe((FailureKind.InvalidInput, $"The {what} has 3002 bytes; history takes 2048"));
        }
    }

    [Fact]
    public async Task A_step_is_tried_again_by_its_own_failure_only_and_by_the_calls_policy_before_the_activitys()
    {
        int calls = 0;
        var policed = new ActivityName<int, int>("Policed", new RetryPolicy(9, TimeSpan.FromSeconds(1)));
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(policed, _ => ++calls > 0 ? throw new FlowException(FailureKind.Unavailable, "down") : 0)
            .With(Run, async (context, _) =>
            {
                try
                {
                    await context.CallAsync(policed, 1, new RetryPolicy(3, TimeSpan.FromMinutes(1), 1));
                    return "";
                }
                catch (StepFailedException failed)
                {
                    return failed.Failure.Message;
                }
            });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);

        InstanceState state = await harness.EndOfAsync("r");

        (state.Output!.GetValue<string>(), calls).ShouldBe(("down", 3));
        (state.EndedAt!.Value - state.CreatedAt).ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task The_time_from_the_first_attempt_counts_against_the_policys_limit()
    {
        int calls = 0;
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Work, _ => ++calls > 0 ? throw new FlowException(FailureKind.Unavailable, "down") : 0)
            .With(Run, async (context, _) =>
            {
                await context.Delay(TimeSpan.FromHours(1));
                return $"{await context.CallAsync(Work, 1, new RetryPolicy(100, TimeSpan.FromMinutes(4), 1, Timeout: TimeSpan.FromMinutes(10)))}";
            });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);

        (await harness.EndOfAsync("r")).Status.ShouldBe(InstanceStatus.Failed);
        // At 0, 4 and 8 minutes; 12 would be too late.
        calls.ShouldBe(3);
    }
}
