using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Engine.Tests;

public class RewindTests
{
    private static readonly ActivityName<string, string> Step = new("Step");
    private static readonly OrchestrationName<Unit, string> Run = new("Run");

    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentDictionary<string, bool> _broken = new();

    private WorkflowCatalog Catalog => new WorkflowCatalog().Activity(Step, name =>
    {
        _calls.Enqueue(name);
        return _broken.GetValueOrDefault(name) ? throw new FlowException(FailureKind.JobFailed, $"{name} broke") : name.ToUpperInvariant();
    });

    [Fact]
    public async Task A_failed_step_runs_again_and_finished_ones_do_not()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
            await context.CallAsync(Step, "a") + await context.CallAsync(Step, "b") + await context.CallAsync(Step, "c"));
        _broken["b"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("b broke");
        _broken.Clear();

        await harness.Engine.RewindAsync("r", "repaired");
        await harness.KillAndRestartAsync();

        InstanceState state = await harness.EndOfAsync("r");
        state.Status.ShouldBe(InstanceStatus.Completed);
        state.Output!.GetValue<string>().ShouldBe("ABC");
        state.Failure.ShouldBeNull();
        _calls.Count(c => c == "a").ShouldBe(1, "it had ended before");
        // Whatever the kill caught between its run and its record runs again; after the failure that may be b or c.
        _calls.Where(c => c is "b" or "c").Distinct().ShouldBe(["b", "c"]);
        IReadOnlyList<HistoryEntry> history = await harness.Engine.GetHistoryAsync("r");
        history.Count(e => e.Kind == HistoryKind.ActivityFailed).ShouldBe(1, "the failure stays to be seen");
        history.Count(e => e.Kind == HistoryKind.Rewound).ShouldBe(1);
        history.Count(e => e.Kind == HistoryKind.ActivityScheduled).ShouldBe(3);
    }

    [Fact]
    public async Task Parallel_failures_and_what_followed_from_them_are_undone_and_the_rest_is_kept()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
        {
            try
            {
                string[] all = await Task.WhenAll(new[] { "p", "q", "r", "s" }.Select(n => context.CallAsync(Step, n)));
                return string.Concat(all) + await context.CallAsync(Step, "end");
            }
            catch (StepFailedException)
            {
                await context.CallAsync(Step, "clean");
                throw;
            }
        });
        _broken["q"] = _broken["s"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        (await harness.EndOfAsync("r")).Status.ShouldBe(InstanceStatus.Failed);
        _broken.Clear();

        await harness.Engine.RewindAsync("r", "repaired");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("PQRSEND");
        _calls.Order().ShouldBe(["clean", "end", "p", "q", "q", "r", "s", "s"]);
    }

    [Fact]
    public async Task A_failure_that_the_code_answered_with_a_fall_back_stays_answered()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
        {
            string first;
            try
            {
                first = await context.CallAsync(Step, "best");
            }
            catch (StepFailedException)
            {
                first = await context.CallAsync(Step, "second-best");
            }

            return first + await context.CallAsync(Step, "late");
        });
        _broken["best"] = _broken["late"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");
        _broken.Clear();

        await harness.Engine.RewindAsync("r", "repaired");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("SECOND-BESTLATE");
        _calls.Count(c => c == "best").ShouldBe(1);
        _calls.Count(c => c == "second-best").ShouldBe(1);
    }

    [Fact]
    public async Task Failed_children_are_rewound_with_their_parent_and_retries_get_one_more_attempt()
    {
        var child = new OrchestrationName<Unit, string>("Child");
        WorkflowCatalog catalog = Catalog
            .With(child, async (context, _) =>
                await context.CallAsync(Step, "x") + await context.CallAsync(Step, "y", new RetryPolicy(2, TimeSpan.FromSeconds(1), Kinds: [FailureKind.JobFailed])))
            .With(Run, async (context, _) => await context.CallAsync(child, Unit.Value) + await context.CallAsync(Step, "z"));
        _broken["y"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");
        (await Should.ThrowAsync<FlowException>(() => harness.Engine.RewindAsync("r:1", "no"))).Failure.Kind.ShouldBe(FailureKind.Conflict);
        _broken.Clear();

        await harness.Engine.RewindAsync("r", "repaired");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("XYZ");
        _calls.ShouldBe(["x", "y", "y", "y", "z"]);
        (await Should.ThrowAsync<FlowException>(() => harness.Engine.RewindAsync("r", "again"))).Failure.Kind.ShouldBe(FailureKind.Conflict);
    }

    [Fact]
    public async Task A_child_that_followed_from_an_undone_step_is_asked_for_again_under_its_id()
    {
        var child = new OrchestrationName<Unit, string>("Child");
        WorkflowCatalog catalog = Catalog
            .With(child, (context, _) => context.CallAsync(Step, "x"))
            .With(Run, async (context, _) =>
            {
                string first;
                try
                {
                    first = await context.CallAsync(Step, "a");
                }
                catch (StepFailedException)
                {
                    first = "none";
                }

                await context.WaitForEvent(new EventName<string>("Go"));
                return first + await context.CallAsync(child, Unit.Value);
            });
        _broken["a"] = _broken["x"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("r", new EventName<string>("Go"), "");
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("x broke");
        _broken.Clear();

        await harness.Engine.RewindAsync("r", "repaired");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("AX");
        _calls.ShouldBe(["a", "x", "a", "x"]);
    }

    [Theory]
    [InlineData("still runs")]
    [InlineData("has ended")]
    [InlineData("still runs, and another one is asked for")]
    [InlineData("has ended, and another one is asked for")]
    public async Task A_child_that_followed_from_an_undone_step_and(string how)
    {
        var go = new EventName<string>("Go");
        var child = new OrchestrationName<string, string>("Child");
        var other = new OrchestrationName<string, string>("Other", "2");
        bool stays = !how.EndsWith("asked for", StringComparison.Ordinal);
        WorkflowCatalog catalog = Catalog
            .With(child, async (context, word) => word + await context.WaitForEvent(go))
            .With(other, async (context, word) => word + await context.WaitForEvent(go) + await context.CallAsync(Step, "other"))
            .With(Run, async (context, _) =>
            {
                string first;
                try
                {
                    first = await context.CallAsync(Step, "a");
                }
                catch (StepFailedException)
                {
                    first = "none";
                }

                // The failure is answered by nothing, so that a rewind undoes it with all that came after.
                await context.WaitForEvent(go);
                Task<string> second = context.CallAsync(first == "none" || stays ? child : other, "child ", "c");
                return first + await context.CallAsync(Step, "b") + await second;
            });
        _broken["a"] = _broken["b"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("r", go, "");
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("b broke");
        bool ended = how.StartsWith("has ended", StringComparison.Ordinal);
        if (ended)
        {
            await harness.Engine.RaiseEventAsync("c", go, "too early");
            await harness.EndOfAsync("c");
        }

        _broken.Clear();
        await harness.Engine.RewindAsync("r", "repaired");
        await harness.SettleAsync();
        // What is in the file is enough to go on with.
        await harness.KillAndRestartAsync();
        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("c", go, "done");

        InstanceState state = await harness.EndOfAsync("r");
        (string? Output, string? Failure) expected = how switch
        {
            "still runs" => ("ABchild done", null),
            "has ended" => ("ABchild done", null),
            "still runs, and another one is asked for" => (null, "An instance c exists already"),
            _ => ("ABchild doneOTHER", null),
        };
        (state.Output?.GetValue<string>(), state.Failure?.Message).ShouldBe(expected);
        IReadOnlyList<HistoryEntry> history = await harness.Engine.GetHistoryAsync("c");
        history.Count(e => e.Kind == HistoryKind.ExecutionStarted).ShouldBe(ended ? 2 : 1, "one that runs already serves");
    }

    [Fact]
    public async Task An_instance_with_an_activity_still_running_is_not_rewound_beside_it()
    {
        var slow = new ActivityName<int, int>("Slow");
        var gate = new TaskCompletionSource();
        WorkflowCatalog catalog = Catalog
            .Activity(slow, async (n, _) =>
            {
                await gate.Task;
                return n;
            })
            .With(Run, async (context, _) =>
            {
                Task<int> running = context.CallAsync(slow, 1);
                await context.CallAsync(Step, "a");
                return $"{await running}";
            });
        _broken["a"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        while ((await harness.Engine.GetAsync("r"))!.Status != InstanceStatus.Failed)
        {
            await Task.Yield();
        }

        _broken.Clear();
        (await Should.ThrowAsync<FlowException>(() => harness.Engine.RewindAsync("r", "now"))).Failure.Kind.ShouldBe(FailureKind.Conflict);
        gate.SetResult();
        await harness.SettleAsync();

        await harness.Engine.RewindAsync("r", "now");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_event_that_came_with_the_turn_that_failed_is_there_after_the_rewind(bool restarts)
    {
        bool broken = true;
        var go = new EventName<string>("Go");
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
        {
            string first = await context.WaitForEvent(go);
            return broken ? throw new FlowException(FailureKind.JobFailed, "broke") : first + await context.WaitForEvent(go) + await context.WaitForEvent(go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.SettleAsync();
        // All three are taken in one turn, in which the first of them ends the code.
        await harness.Engine.SuspendAsync("r", "gather");
        foreach (string word in new[] { "a", "b", "c" })
        {
            await harness.Engine.RaiseEventAsync("r", go, word);
        }

        await harness.Engine.ResumeAsync("r", "go");
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("broke");
        broken = false;
        if (restarts)
        {
            await harness.KillAndRestartAsync();
        }

        await harness.Engine.RewindAsync("r", "repaired");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("abc");
        (await harness.Engine.GetHistoryAsync("r")).Count(e => e.Kind == HistoryKind.EventReceived).ShouldBe(3);
    }

    [Fact]
    public async Task What_an_undone_step_would_still_answer_is_not_taken_for_another_steps()
    {
        // The step that fails first ends the code; the one that it had begun besides answers after the rewind under a number of its own.
        var late = new ActivityName<string, string>("Late");
        WorkflowCatalog catalog = Catalog.Activity(late, name => name).With(Run, async (context, _) =>
        {
            string first;
            try
            {
                first = await context.CallAsync(Step, "a");
            }
            catch (StepFailedException)
            {
                await context.CallAsync(late, "clean");
                throw;
            }

            return first + await context.CallAsync(Step, "b") + await context.CallAsync(late, "end");
        });
        _broken["a"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");
        _broken.Clear();

        await harness.Engine.RewindAsync("r", "repaired");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("ABend");
        HistoryEntry[] asked = [.. (await harness.Engine.GetHistoryAsync("r")).Where(e => e.Kind == HistoryKind.ActivityScheduled)];
        asked.Select(e => e.StepId).Distinct().Count().ShouldBe(asked.Length, "no number is given twice");
        await Replays.AssertEveryPrefixAsync(harness.Engine, harness.Catalog);
    }

    [Fact]
    public async Task A_retried_child_begins_anew_under_its_id()
    {
        var child = new OrchestrationName<Unit, string>("Child");
        WorkflowCatalog catalog = Catalog
            .With(child, (context, _) => context.CallAsync(Step, "x"))
            .With(Run, (context, _) => context.CallAsync(child, Unit.Value, "the-child", new RetryPolicy(3, TimeSpan.FromMinutes(1), Kinds: [FailureKind.JobFailed])));
        _broken["x"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.SettleAsync();
        _broken.Clear();
        await harness.KillAndRestartAsync();

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("X");
        _calls.Count.ShouldBe(2);
        (await harness.Engine.GetHistoryAsync("the-child")).Count(e => e.Kind == HistoryKind.ExecutionStarted).ShouldBe(2);
    }
}
