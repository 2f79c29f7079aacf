using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Tests;

public class SteeringTests
{
    private static readonly EventName<string> Go = new("Go");
    private static readonly OrchestrationName<Unit, string> Wait = new("Wait");
    private static readonly OrchestrationName<Unit, string> Parent = new("Parent");
    private static readonly ActivityName<int, int> Work = new("Work");

    private static WorkflowCatalog ParentOfOneThatWaits => new WorkflowCatalog()
        .With(Wait, (context, _) => context.WaitForEvent(Go))
        .With(Parent, (context, _) => context.CallAsync(Wait, Unit.Value, "child"));

    [Fact]
    public async Task A_suspended_instance_takes_nothing_until_it_is_resumed_and_loses_nothing_in_between()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Wait, async (context, _) => await context.WaitForEvent(Go) + await context.WaitForEvent(Go));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Wait, "w", Unit.Value);
        await harness.Engine.SuspendAsync("w", "lunch");
        await harness.Engine.RaiseEventAsync("w", Go, "a");
        await harness.Engine.RaiseEventAsync("w", Go, "b");
        await harness.SettleAsync();
        (await harness.Engine.GetAsync("w"))!.Status.ShouldBe(InstanceStatus.Suspended);
        await harness.KillAndRestartAsync();
        await harness.SettleAsync();
        (await harness.Engine.GetAsync("w"))!.Status.ShouldBe(InstanceStatus.Suspended);

        await harness.Engine.ResumeAsync("w", "back");

        (await harness.EndOfAsync("w")).Output!.GetValue<string>().ShouldBe("ab");
        IReadOnlyList<HistoryEntry> history = await harness.Engine.GetHistoryAsync("w");
        history.Single(e => e.Kind == HistoryKind.Suspended).Input!.GetValue<string>().ShouldBe("lunch");
        history.Single(e => e.Kind == HistoryKind.Resumed).Input!.GetValue<string>().ShouldBe("back");
    }

    [Fact]
    public async Task Suspending_a_suspended_instance_or_resuming_a_running_one_changes_nothing_and_replays_nothing()
    {
        int begins = 0;
        WorkflowCatalog catalog = new WorkflowCatalog().With(Wait, async (context, _) =>
        {
            begins++;
            return await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Wait, "w", Unit.Value);
        await harness.SettleAsync();
        await harness.KillAndRestartAsync();
        async Task Is(InstanceStatus status) => (await harness.Engine.GetAsync("w"))!.Status.ShouldBe(status);

        await harness.Engine.ResumeAsync("w", "it runs").WaitAsync(TimeSpan.FromSeconds(20));
        await Is(InstanceStatus.Running);
        await harness.Engine.SuspendAsync("w", "lunch");
        await harness.Engine.SuspendAsync("w", "still lunch").WaitAsync(TimeSpan.FromSeconds(20));
        await Is(InstanceStatus.Suspended);
        await harness.Engine.ResumeAsync("w", "back");
        await Is(InstanceStatus.Running);
        begins.ShouldBe(1);

        await harness.Engine.RaiseEventAsync("w", Go, "x");
        (await harness.EndOfAsync("w")).Output!.GetValue<string>().ShouldBe("x");
        (await harness.Engine.GetHistoryAsync("w")).Select(e => e.Kind).ShouldBe([
            HistoryKind.ExecutionStarted, HistoryKind.Suspended, HistoryKind.Resumed, HistoryKind.EventReceived, HistoryKind.ExecutionCompleted]);
    }

    [Fact]
    public async Task What_a_parent_says_to_a_child_that_is_so_already_does_not_stay_in_the_inbox()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(ParentOfOneThatWaits);
        await harness.Engine.StartAsync(Parent, "p", Unit.Value);
        await harness.SettleAsync();
        await harness.Engine.SuspendAsync("child", "by hand");
        await harness.Engine.SuspendAsync("p", "all of it");
        await harness.SettleAsync();

        harness.Engine.Runtime.Database.Read(read => read.Inbox()).ShouldBeEmpty();
        (await harness.Engine.GetHistoryAsync("child")).Count(e => e.Kind == HistoryKind.Suspended).ShouldBe(1);
    }

    [Fact]
    public async Task Children_are_suspended_and_resumed_with_their_parent()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(ParentOfOneThatWaits);
        await harness.Engine.StartAsync(Parent, "p", Unit.Value);
        await harness.SettleAsync();
        await harness.Engine.SuspendAsync("p", "hold");
        await harness.KillAndRestartAsync();
        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("child", Go, "x");
        await harness.SettleAsync();
        (await harness.Engine.GetAsync("child"))!.Status.ShouldBe(InstanceStatus.Suspended);

        await harness.Engine.ResumeAsync("p", "go");

        (await harness.EndOfAsync("p")).Output!.GetValue<string>().ShouldBe("x");
        (await harness.Engine.GetHistoryAsync("child")).Where(e => e.Kind is HistoryKind.Suspended or HistoryKind.Resumed)
            .Select(e => e.Input!.GetValue<string>()).ShouldBe(["hold", "go"]);
    }

    [Fact]
    public async Task An_activity_that_ends_while_its_instance_is_suspended_is_not_run_again()
    {
        int runs = 0;
        var gate = new TaskCompletionSource();
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Work, async (i, _) =>
            {
                runs++;
                await gate.Task;
                return i;
            })
            .With(Wait, async (context, _) => $"{await context.CallAsync(Work, 5)}");
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Wait, "w", Unit.Value);
        await harness.Engine.SuspendAsync("w", "hold");
        gate.SetResult();
        await harness.SettleAsync();
        await harness.KillAndRestartAsync();
        await harness.Engine.ResumeAsync("w", "go");

        (await harness.EndOfAsync("w")).Output!.GetValue<string>().ShouldBe("5");
        runs.ShouldBe(1);
    }

    [Fact]
    public async Task Terminate_ends_an_instance_and_its_children_and_asks_running_activities_to_end()
    {
        var stopped = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Work, async (i, cancellation) =>
            {
                begun.SetResult();
                await using CancellationTokenRegistration _ = cancellation.Register(stopped.SetResult);
                await stopped.Task;
                return i;
            })
            .With(Wait, async (context, _) => $"{await context.CallAsync(Work, 1)}")
            .With(Parent, (context, _) => context.CallAsync(Wait, Unit.Value, "child"));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Parent, "p", Unit.Value);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await harness.Engine.TerminateAsync("p", "no longer wanted");
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await harness.SettleAsync();

        foreach (string id in new[] { "p", "child" })
        {
            InstanceState state = (await harness.Engine.GetAsync(id))!;
            state.Status.ShouldBe(InstanceStatus.Terminated);
            state.Failure!.Message.ShouldBe("no longer wanted");
        }

        (await Should.ThrowAsync<FlowException>(() => harness.Engine.RaiseEventAsync("p", Go, "x"))).Failure.Kind.ShouldBe(FailureKind.Conflict);
        (await Should.ThrowAsync<FlowException>(() => harness.Engine.TerminateAsync("nobody", "x"))).Failure.Kind.ShouldBe(FailureKind.NotFound);
    }

    [Fact]
    public async Task What_waited_for_an_instance_that_is_terminated_goes_with_it()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Wait, (context, _) => context.WaitForEvent(Go));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Wait, "w", Unit.Value);
        await harness.Engine.SuspendAsync("w", "hold");
        await harness.Engine.RaiseEventAsync("w", Go, "x");
        harness.Engine.Runtime.Database.Read(read => read.Inbox()).Count.ShouldBe(1);

        await harness.Engine.TerminateAsync("w", "enough");

        harness.Engine.Runtime.Database.Read(read => read.Inbox()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Purge_removes_an_ended_instance_with_its_children_and_refuses_an_open_one()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(ParentOfOneThatWaits);
        await harness.Engine.StartAsync(Parent, "p", Unit.Value);
        await harness.SettleAsync();
        (await Should.ThrowAsync<FlowException>(() => harness.Engine.PurgeAsync("p"))).Failure.Kind.ShouldBe(FailureKind.Conflict);
        await harness.Engine.RaiseEventAsync("child", Go, "done");
        await harness.EndOfAsync("p");

        await harness.Engine.PurgeAsync("p");

        (await harness.Engine.GetAsync("p")).ShouldBeNull();
        (await harness.Engine.GetAsync("child")).ShouldBeNull();
        (await Should.ThrowAsync<FlowException>(() => harness.Engine.GetHistoryAsync("p"))).Failure.Kind.ShouldBe(FailureKind.NotFound);
        (await harness.Engine.StartAsync(Parent, "p", Unit.Value)).ShouldBeTrue();
    }

    [Fact]
    public async Task Queries_choose_by_status_time_prefix_and_custom_status_and_give_pages_newest_first()
    {
        var run = new OrchestrationName<string, string>("Run");
        WorkflowCatalog catalog = new WorkflowCatalog().With(run, async (context, word) =>
        {
            context.SetStatus(new { stage = word });
            return word == "wait" ? await context.WaitForEvent(Go) : word == "fail" ? throw new FlowException(FailureKind.JobFailed, "no") : word;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        string[] words = ["wait", "fail", "done"];
        for (int i = 0; i < 30; i++)
        {
            await harness.Engine.StartAsync(run, $"{(i % 2 == 0 ? "even" : "odd")}-{i:00}", words[i % 3]);
            harness.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await harness.SettleAsync();
        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        async Task<string[]> Ids(InstanceQuery query) => [.. (await harness.Engine.QueryAsync(query)).Instances.Select(i => i.InstanceId)];

        (await Ids(new InstanceQuery { Statuses = [InstanceStatus.Failed] })).Length.ShouldBe(10);
        (await Ids(new InstanceQuery { IdPrefix = "odd-", PageSize = 3 })).ShouldBe(["odd-29", "odd-27", "odd-25"]);
        (await Ids(new InstanceQuery { CustomStatusContains = "\"wait\"" })).Length.ShouldBe(10);
        (await Ids(new InstanceQuery { CreatedFrom = start.AddMinutes(5), CreatedTo = start.AddMinutes(7) })).ShouldBe(["odd-07", "even-06", "odd-05"]);
        (await Ids(new InstanceQuery { Orchestration = "Other" })).ShouldBeEmpty();

        var all = new List<string>();
        string? continuation = null;
        do
        {
            InstancePage page = await harness.Engine.QueryAsync(new InstanceQuery { PageSize = 7, Continuation = continuation });
            all.AddRange(page.Instances.Select(i => i.InstanceId));
            continuation = page.Continuation;
        }
        while (continuation is not null);
        all.Count.ShouldBe(30);
        all.Distinct().Count().ShouldBe(30);
        (await Should.ThrowAsync<FlowException>(() => Ids(new InstanceQuery { Continuation = "nonsense" }))).Failure.Field.ShouldBe("continuation");
        (await Should.ThrowAsync<FlowException>(() => Ids(new InstanceQuery { PageSize = 0 }))).Failure.Field.ShouldBe("pageSize");
    }

    [Fact]
    public async Task Events_go_from_one_instance_to_another_once()
    {
        var send = new OrchestrationName<string, string>("Send");
        WorkflowCatalog catalog = new WorkflowCatalog()
            .With(Wait, async (context, _) => await context.WaitForEvent(Go) + await context.WaitForEvent(Go))
            .With(send, async (context, word) =>
            {
                context.SendEvent("w", Go, word);
                context.SendEvent("nobody", Go, word);
                context.SendEvent("ended", Go, word);
                await context.DelayUntil(context.UtcNow + TimeSpan.FromMinutes(1));
                return word;
            });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(send, "ended", "0");
        await harness.EndOfAsync("ended");
        await harness.Engine.StartAsync(Wait, "w", Unit.Value);
        await harness.Engine.SuspendAsync("w", "so that it is seen what has come");
        await harness.Engine.StartAsync(send, "s1", "1");
        await harness.SettleAsync();
        harness.Engine.Runtime.Database.Read(read => read.Inbox()).Select(m => m.Message.Payload).ShouldBe(["\"1\""]);
        await harness.Engine.ResumeAsync("w", "go");
        await harness.SettleAsync();
        await harness.KillAndRestartAsync();
        await harness.EndOfAsync("s1");
        (await harness.Engine.GetAsync("w"))!.Status.ShouldBe(InstanceStatus.Running);
        await harness.Engine.StartAsync(send, "s2", "2");

        (await harness.EndOfAsync("w")).Output!.GetValue<string>().ShouldBe("12");
    }

    [Fact]
    public async Task No_more_activities_run_at_once_than_the_limit_allows()
    {
        int running = 0;
        var most = new ConcurrentBag<int>();
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Work, async (i, _) =>
            {
                most.Add(Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return i;
            })
            .With(Wait, async (context, _) => $"{(await Task.WhenAll(Enumerable.Range(0, 200).Select(i => context.CallAsync(Work, i)))).Sum()}");
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxParallelActivities = 3 });

        await harness.Engine.StartAsync(Wait, "w", Unit.Value);

        (await harness.EndOfAsync("w")).Output!.GetValue<string>().ShouldBe("19900");
        most.Max().ShouldBeLessThanOrEqualTo(3);
    }
}
