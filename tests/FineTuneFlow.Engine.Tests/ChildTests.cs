using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Tests;

/// <summary>Sub-orchestrations: their ids, and what their callers are told of them.</summary>
public sealed class ChildTests
{
    private static readonly EventName<string> Go = new("Go");
    private static readonly OrchestrationName<int, string> Child = new("Child");
    private static readonly OrchestrationName<int, string> Run = new("Run");

    private static WorkflowCatalog Children => new WorkflowCatalog().With(Child, async (context, n) =>
        n switch { 0 => throw new FlowException(FailureKind.JobFailed, "the child broke"), 1 => await context.WaitForEvent(Go), _ => $"{n}" });

    [Fact]
    public async Task Ids_are_numbered_by_the_parent_and_by_its_new_beginnings()
    {
        WorkflowCatalog catalog = Children.With(Run, async (context, n) =>
        {
            string all = await context.CallAsync(Child, 10) + await context.CallAsync(Child, 11);
            if (n < 3)
            {
                context.ContinueAsNew(n + 1);
            }

            return all;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 1);

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("1011");

        InstancePage page = await harness.Engine.QueryAsync(new InstanceQuery { IdPrefix = "r:", RootsOnly = false });
        page.Instances.Select(i => i.InstanceId).Order(StringComparer.Ordinal).ShouldBe(["r:1", "r:2", "r:2.1", "r:2.2", "r:3.1", "r:3.2"]);
        page.Instances.ShouldAllBe(i => i.ParentId == "r" && i.Status == InstanceStatus.Completed);
    }

    [Fact]
    public async Task A_child_that_fails_or_is_terminated_fails_its_call_with_its_own_reason()
    {
        WorkflowCatalog catalog = Children.With(Run, async (context, n) =>
        {
            try
            {
                return await context.CallAsync(Child, n, $"{context.InstanceId}-child");
            }
            catch (StepFailedException failed)
            {
                return $"{failed.Step}: {failed.Failure.Kind}, {failed.Failure.Message}";
            }
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "broken", 0);
        await harness.Engine.StartAsync(Run, "stopped", 1);
        await harness.SettleAsync();
        await harness.Engine.TerminateAsync("stopped-child", "no longer wanted");

        (await harness.EndOfAsync("broken")).Output!.GetValue<string>().ShouldBe("Child: JobFailed, the child broke");
        (await harness.EndOfAsync("stopped")).Output!.GetValue<string>().ShouldBe("Child: Cancelled, no longer wanted");
        (await harness.Engine.GetHistoryAsync("stopped")).Single(e => e.Kind == HistoryKind.ChildFailed).ChildId.ShouldBe("stopped-child");
    }

    [Fact]
    public async Task An_id_that_somebody_else_has_is_refused_and_its_instance_is_left_alone()
    {
        WorkflowCatalog catalog = Children.With(Run, (context, n) => context.CallAsync(Child, n, "taken"));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Child, "taken", 1);
        await harness.Engine.StartAsync(Run, "r", 1);

        Failure refused = (await harness.EndOfAsync("r")).Failure!;

        (refused.Kind, refused.Message).ShouldBe((FailureKind.Conflict, "An instance taken exists already"));
        refused.Remedy.ShouldBe("Give every sub-orchestration an id of its own");
        (await harness.Engine.GetAsync("taken"))!.ShouldSatisfyAllConditions(taken => taken.Status.ShouldBe(InstanceStatus.Running), taken => taken.ParentId.ShouldBeNull());
        await harness.Engine.RaiseEventAsync("taken", Go, "on");
        (await harness.EndOfAsync("taken")).Output!.GetValue<string>().ShouldBe("on");
    }

    [Fact]
    public async Task Two_calls_of_one_parent_cannot_share_an_id_nor_can_its_new_beginning()
    {
        WorkflowCatalog catalog = Children.With(Run, async (context, n) =>
        {
            string told = "";
            foreach (Task<string> call in new[] { context.CallAsync(Child, 5, "shared"), context.CallAsync(Child, 6, "shared") })
            {
                try
                {
                    told += await call;
                }
                catch (StepFailedException failed)
                {
                    told += $" {failed.Failure.Kind}";
                }
            }

            context.SetStatus(told);
            if (n == 0)
            {
                context.ContinueAsNew(1);
            }

            return told;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe(" Conflict Conflict");
        (await harness.Engine.GetHistoryAsync("r")).Count(e => e.Kind == HistoryKind.ChildCompleted).ShouldBe(1, "at the first beginning one of them was made");
        (await harness.Engine.GetAsync("shared"))!.Output!.GetValue<string>().ShouldBe("5");
    }

    [Fact]
    public async Task A_child_of_an_earlier_beginning_is_not_taken_for_the_new_ones()
    {
        WorkflowCatalog catalog = Children.With(Run, async (context, n) =>
        {
            // The first step of either beginning.
            Task<string> child = context.CallAsync(Child, 1, $"child-{n}");
            if (n == 0)
            {
                await context.WaitForEvent(Go);
                context.ContinueAsNew(1);
                return "";
            }

            return await child;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        await harness.Engine.RaiseEventAsync("r", Go, "");
        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("child-0", Go, "old");
        await harness.EndOfAsync("child-0");
        (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Running);
        harness.Engine.Runtime.Database.Read(read => read.Inbox()).ShouldBeEmpty("what nobody waits for is taken out");
        await harness.Engine.RaiseEventAsync("child-1", Go, "new");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("new");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_child_of_another_parent_is_not_taken_away_from_it_by_a_call_or_by_its_repetition(int attempts)
    {
        var policy = new RetryPolicy(attempts, TimeSpan.FromMinutes(1), Kinds: [FailureKind.Conflict]);
        var second = new OrchestrationName<int, string>("Second");
        WorkflowCatalog catalog = Children
            .With(Run, (context, n) => context.CallAsync(Child, n, "shared"))
            // Its call of the child is another step than the first parent's.
            .With(second, async (context, n) => await context.CallAsync(Child, 10) + await context.CallAsync(Child, n, "shared", policy));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "first", 1);
        await harness.SettleAsync();
        await harness.Engine.StartAsync(second, "second", 1);

        (await harness.EndOfAsync("second")).Failure!.Message.ShouldBe("An instance shared exists already");

        (await harness.Engine.GetAsync("shared"))!.ParentId.ShouldBe("first");
        await harness.Engine.RaiseEventAsync("shared", Go, "done");
        (await harness.EndOfAsync("first")).Output!.GetValue<string>().ShouldBe("done");
    }

    [Fact]
    public async Task A_child_that_an_earlier_beginning_has_left_behind_is_not_taken_over_by_the_new_one()
    {
        WorkflowCatalog catalog = Children.With(Run, async (context, n) =>
        {
            if (n == 0)
            {
                _ = context.CallAsync(Child, 1, "left");
                await context.WaitForEvent(Go);
                context.ContinueAsNew(1);
                return "";
            }

            // A step comes before, so that the call is not the one that the child was begun for.
            await context.CallAsync(Child, 10);
            return await context.CallAsync(Child, 1, "left");
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        await harness.Engine.RaiseEventAsync("r", Go, "");

        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("An instance left exists already");
        (await harness.Engine.GetAsync("left"))!.Status.ShouldBe(InstanceStatus.Running);
    }

    [Fact]
    public async Task Children_of_children_are_numbered_by_them_also_when_they_are_begun_anew()
    {
        var middle = new OrchestrationName<int, string>("Middle");
        int calls = 0;
        WorkflowCatalog catalog = Children
            .With(middle, async (context, n) => await context.CallAsync(Child, n) is var word && ++calls == 1 ? throw new FlowException(FailureKind.JobFailed, "broke") : word)
            .With(Run, (context, n) => context.CallAsync(middle, n, retry: new RetryPolicy(2, TimeSpan.FromMinutes(1), Kinds: [FailureKind.JobFailed])));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 5);

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("5");

        InstancePage page = await harness.Engine.QueryAsync(new InstanceQuery { IdPrefix = "r:", RootsOnly = false });
        page.Instances.Select(i => i.InstanceId).Order(StringComparer.Ordinal).ShouldBe(["r:1", "r:1:1", "r:1:2.1"]);
        harness.Engine.Runtime.Database.Read(read => read.Row("r:1"))!.ShouldSatisfyAllConditions(row => row.Execution.ShouldBe(2), row => row.Generation.ShouldBe(2));
    }

    [Fact]
    public async Task A_child_that_this_host_does_not_know_fails_its_call()
    {
        var later = new OrchestrationName<int, string>("Child", "7");
        WorkflowCatalog catalog = Children.With(Run, (context, n) => context.CallAsync(later, n));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 2);

        Failure failure = (await harness.EndOfAsync("r")).Failure!;

        (failure.Kind, failure.Message).ShouldBe((FailureKind.NotFound, "This host has Child in version 1, not in version 7"));
        (await harness.Engine.GetAsync("r:1")).ShouldBeNull();
    }

    [Fact]
    public async Task A_child_goes_on_where_its_parent_has_ended_without_it_and_tells_nobody()
    {
        WorkflowCatalog catalog = Children.With(Run, async (context, n) =>
        {
            _ = context.CallAsync(Child, n, "left");
            return await Task.FromResult("gone");
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 1);
        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("gone");
        await harness.KillAndRestartAsync();
        await harness.Engine.RaiseEventAsync("left", Go, "done");

        (await harness.EndOfAsync("left")).Output!.GetValue<string>().ShouldBe("done");
        (await harness.Engine.GetHistoryAsync("r")).ShouldNotContain(e => e.Kind == HistoryKind.ChildCompleted);
    }
}
