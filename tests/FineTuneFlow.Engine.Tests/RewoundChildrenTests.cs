using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Tests;

/// <summary>What becomes of the children of an instance that is rewound: each is the child of one step, whatever its id.</summary>
public sealed class RewoundChildrenTests
{
    private static readonly ActivityName<string, string> Step = new("Step");
    private static readonly EventName<string> Go = new("Go");
    private static readonly EventName<string> Fail = new("Fail");
    private static readonly OrchestrationName<string, string> Child = new("Child");
    private static readonly OrchestrationName<Unit, string> Run = new("Run");

    private readonly ConcurrentDictionary<string, bool> _broken = new();

    private WorkflowCatalog Catalog => new WorkflowCatalog()
        .Activity(Step, name => _broken.GetValueOrDefault(name) ? throw new FlowException(FailureKind.JobFailed, $"{name} broke") : name.ToUpperInvariant())
        .With(Child, async (context, word) =>
        {
            string heard = await context.WaitForEvent(Go);
            return heard == "break" ? throw new FlowException(FailureKind.JobFailed, "the child broke") : word + heard;
        });

    [Theory]
    [InlineData("runs", "B child done", 1)]
    [InlineData("has completed", "B child early", 1)]
    [InlineData("was terminated", "B child done", 2)]
    [InlineData("was purged", "B child done", 1)]
    public async Task A_child_that_at_the_rewind(string state, string output, int beginnings)
    {
        foreach (bool restarts in new[] { false, true })
        {
            await using EngineHarness harness = await BrokenAsync();
            switch (state)
            {
                case "has completed":
                    await harness.Engine.RaiseEventAsync("c", Go, "early");
                    await harness.EndOfAsync("c");
                    break;
                case "was terminated" or "was purged":
                    await harness.Engine.TerminateAsync("c", "enough");
                    break;
            }

            if (state == "was purged")
            {
                await harness.Engine.PurgeAsync("c");
            }

            await harness.Engine.RewindAsync("r", "repaired");
            await harness.SettleAsync();
            if (restarts)
            {
                await harness.KillAndRestartAsync();
                await harness.SettleAsync();
            }

            if (state != "has completed")
            {
                (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Running, "it waits for its child");
                await harness.Engine.RaiseEventAsync("c", Go, "done");
            }

            (await harness.EndOfAsync("r")).Output.ShouldNotBeNull().GetValue<string>().ShouldBe(output);
            (await harness.Engine.GetHistoryAsync("c")).Count(e => e.Kind == HistoryKind.ExecutionStarted).ShouldBe(beginnings);
            harness.Engine.Runtime.Database.Read(read => read.Inbox()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task An_id_that_somebody_else_has_by_now_is_refused()
    {
        await using EngineHarness harness = await BrokenAsync();
        await harness.Engine.TerminateAsync("c", "enough");
        await harness.Engine.PurgeAsync("c");
        await harness.Engine.StartAsync(Child, "c", "somebody else's ");

        await harness.Engine.RewindAsync("r", "repaired");

        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("An instance c exists already");
        (await harness.Engine.GetAsync("c"))!.ShouldSatisfyAllConditions(c => c.Status.ShouldBe(InstanceStatus.Running), c => c.ParentId.ShouldBeNull());
    }

    [Fact]
    public async Task Somebody_elses_failed_instance_is_not_rewound_along_for_having_the_childs_id()
    {
        WorkflowCatalog catalog = Catalog.With(Run, (context, _) => context.CallAsync(Child, "child ", "c"));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Child, "c", "somebody else's ");
        await harness.Engine.RaiseEventAsync("c", Go, "break");
        await harness.EndOfAsync("c");
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("An instance c exists already");

        await harness.Engine.RewindAsync("r", "try again");

        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("An instance c exists already");
        (await harness.Engine.GetAsync("c"))!.Status.ShouldBe(InstanceStatus.Failed);
        (await harness.Engine.GetHistoryAsync("c")).ShouldNotContain(e => e.Kind == HistoryKind.Rewound);
    }

    [Fact]
    public async Task A_call_that_was_refused_since_a_sister_has_the_id_is_refused_again_and_the_child_stays_with_the_first()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
        {
            Task<string> first = context.CallAsync(Child, "first ", "c");
            return await context.CallAsync(Child, "second ", "c") + await first;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");

        await harness.Engine.RewindAsync("r", "try again");

        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("An instance c exists already");
        harness.Engine.Runtime.Database.Read(read => read.Row("c"))!.Parent!.Step.ShouldBe(1);
        await harness.Engine.RaiseEventAsync("c", Go, "done");
        (await harness.EndOfAsync("c")).Output!.GetValue<string>().ShouldBe("first done");
        (await harness.Engine.GetHistoryAsync("c")).Count(e => e.Kind == HistoryKind.ExecutionStarted).ShouldBe(1);
    }

    [Theory]
    [InlineData("runs", "A old done", 1)]
    [InlineData("has completed", "A new done", 2)]
    [InlineData("has failed", "A new done", 2)]
    public async Task A_child_that_the_new_course_asks_for_with_another_input_and_that(string state, string output, int beginnings)
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
        {
            bool broke = false;
            async Task<string> First()
            {
                try
                {
                    return await context.CallAsync(Step, "a ");
                }
                catch (StepFailedException)
                {
                    broke = true;
                    throw;
                }
            }

            async Task<string> Second()
            {
                await context.WaitForEvent(Go);
                return await context.CallAsync(Child, broke ? "old " : "new ", "c");
            }

            Task<string> first = First();
            Task<string> second = Second();
            await context.WaitForEvent(Fail);
            return await first + await second;
        });
        _broken["a "] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("r", Go, "");
        await harness.Engine.RaiseEventAsync("r", Fail, "");
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("a  broke");
        if (state != "runs")
        {
            await harness.Engine.RaiseEventAsync("c", Go, state == "has failed" ? "break" : "early");
            await harness.EndOfAsync("c");
        }

        _broken.Clear();
        await harness.Engine.RewindAsync("r", "repaired");
        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("c", Go, "done");

        (await harness.EndOfAsync("r")).Output.ShouldNotBeNull().GetValue<string>().ShouldBe(output);
        HistoryKind[] child = [.. (await harness.Engine.GetHistoryAsync("c")).Select(e => e.Kind)];
        child.Count(kind => kind == HistoryKind.ExecutionStarted).ShouldBe(beginnings);
        child.Count(kind => kind == HistoryKind.EventReceived).ShouldBe(beginnings, "it is sent nothing but what the test sends");
    }

    /// <summary>An instance that has failed by a step of its own, since repaired, while its child waits for a word.</summary>
    private async Task<EngineHarness> BrokenAsync()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
        {
            Task<string> child = context.CallAsync(Child, "child ", "c");
            return await context.CallAsync(Step, "b ") + await child;
        });
        _broken["b "] = true;
        EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("b  broke");
        _broken.Clear();
        return harness;
    }
}
