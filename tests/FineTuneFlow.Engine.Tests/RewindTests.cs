using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Engine.Storage;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Engine.Tests;

public class RewindTests
{
    private const int SqliteFull = 13;
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
    public async Task An_instance_whose_version_this_host_lacks_is_not_rewound()
    {
        _broken["a"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(Catalog.With(Run, (context, _) => context.CallAsync(Step, "a")));
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");
        harness.Catalog = Catalog;
        await harness.StopAndRestartAsync();

        Failure refused = (await Should.ThrowAsync<FlowException>(() => harness.Engine.RewindAsync("r", "repaired"))).Failure;

        (refused.Kind, refused.Message).ShouldBe((FailureKind.NotFound, "This host has no orchestration Run"));
        (await harness.Engine.GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Failed);
    }

    [Fact]
    public async Task A_rewound_history_is_counted_from_one_and_tells_the_reason()
    {
        bool broken = true;
        var go = new EventName<string>("Go");
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
            await context.CallAsync(Step, broken ? throw new FlowException(FailureKind.JobFailed, "broke") : await context.WaitForEvent(go)));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");
        broken = false;

        await harness.Engine.RewindAsync("r", "repaired");
        await harness.Engine.RaiseEventAsync("r", go, "a");
        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("A");

        HistoryEntry[] history = [.. await harness.Engine.GetHistoryAsync("r")];
        history.Single(e => e.Kind == HistoryKind.Rewound).Input!.GetValue<string>().ShouldBe("repaired");
        history.Single(e => e.Kind == HistoryKind.ActivityScheduled).StepId.ShouldBe(1, "there was no step before");
        EngineDatabase database = harness.Engine.Runtime.Database;
        InstanceRow row = database.Read(read => read.Row("r"))!;
        (row.Execution, row.Generation).ShouldBe((2, 1));
        database.Read(read => read.History(row.Key, 2)).Select(r => r.Sequence).ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task A_rewound_instance_that_waits_as_before_leaves_nothing_in_its_inbox()
    {
        bool broken = true;
        var go = new EventName<string>("Go");
        WorkflowCatalog catalog = Catalog.With(Run, (context, _) => broken ? throw new FlowException(FailureKind.JobFailed, "broke") : context.WaitForEvent(go));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");
        broken = false;
        await harness.Engine.RewindAsync("r", "repaired");
        await harness.SettleAsync();

        harness.Engine.Runtime.Database.Read(read => read.Inbox()).ShouldBeEmpty();
        await harness.Engine.RaiseEventAsync("r", go, "x");
        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public async Task A_rewound_instance_goes_on_by_itself_also_where_the_process_dies_at_that_moment()
    {
        bool broken = true;
        bool dies = false;
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
            await context.CallAsync(Step, "a") + (broken ? throw new FlowException(FailureKind.JobFailed, "broke") : "!"));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, probes: engine => engine.Commits.Probe = before =>
        {
            if (!before && Volatile.Read(ref dies))
            {
                throw new InvalidOperationException("dead");
            }
        });
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        (await harness.EndOfAsync("r")).Failure!.Message.ShouldBe("broke");
        broken = false;
        Volatile.Write(ref dies, true);
        await Should.ThrowAsync<FlowException>(() => harness.Engine.RewindAsync("r", "repaired"));
        Volatile.Write(ref dies, false);
        await harness.KillAndRestartAsync();

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("A!");
        _calls.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_timer_that_was_running_at_the_failure_runs_on_after_the_rewind()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, _) =>
        {
            Task hour = context.Delay(TimeSpan.FromHours(1));
            string word = await context.CallAsync(Step, "a");
            await hour;
            return word;
        });
        _broken["a"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        DateTimeOffset began = harness.Clock.GetUtcNow();
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");
        harness.Engine.NextDue.ShouldBeNull();
        harness.Clock.Advance(TimeSpan.FromMinutes(20));
        _broken.Clear();

        await harness.Engine.RewindAsync("r", "repaired");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("A");
        (harness.Clock.GetUtcNow() - began).ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Of_two_rewinds_at_once_one_is_told_that_the_instance_has_changed()
    {
        using var reached = new ManualResetEventSlim(false);
        using var open = new ManualResetEventSlim(true);
        WorkflowCatalog catalog = Catalog.With(Run, (context, _) => context.CallAsync(Step, "a"));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, probes: engine => engine.Commits.Probe = before =>
        {
            if (before && !open.IsSet)
            {
                reached.Set();
                open.Wait(TimeSpan.FromSeconds(20));
            }
        });
        _broken["a"] = true;
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");
        _broken.Clear();
        // Both are planned while nothing can be written.
        open.Reset();
        Task<bool> holds = harness.Engine.Runtime.Commits.RunAsync(_ => true);
        reached.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        Task first = harness.Engine.RewindAsync("r", "one");
        Task second = harness.Engine.RewindAsync("r", "two");
        open.Set();

        await Task.WhenAll(holds, first);
        Failure refused = (await Should.ThrowAsync<FlowException>(() => second)).Failure;
        (refused.Kind, refused.Message, refused.Remedy).ShouldBe((FailureKind.Conflict, "r has changed meanwhile", "Look at its state again"));
        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("A");
        (await harness.Engine.GetHistoryAsync("r")).Count(e => e.Kind == HistoryKind.Rewound).ShouldBe(1);
    }

    [Fact]
    public async Task A_plan_is_not_carried_out_on_another_failure_or_without_a_child_that_it_counts_on()
    {
        var child = new OrchestrationName<Unit, string>("Child");
        WorkflowCatalog catalog = Catalog.With(child, (context, _) => context.CallAsync(Step, "a")).With(Run, (context, _) => context.CallAsync(child, Unit.Value));
        _broken["a"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        EngineRuntime runtime = harness.Engine.Runtime;
        async Task<Failure> CarriedOut(Rewind plan) => (await Should.ThrowAsync<FlowException>(() => runtime.Commits.RunAsync(write =>
        {
            plan.Write(write, "late", 0);
            return true;
        }))).Failure;
        Rewind Plan() => Rewind.Plan(runtime, runtime.Database.Read(read => read.Row("r"))!);
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.EndOfAsync("r");

        Rewind early = Plan();
        await harness.Engine.RewindAsync("r", "in between");
        (await harness.EndOfAsync("r")).Status.ShouldBe(InstanceStatus.Failed);
        (await CarriedOut(early)).Message.ShouldBe("r has changed meanwhile");

        Rewind late = Plan();
        await harness.Engine.PurgeAsync("r:1");
        (await CarriedOut(late)).Message.ShouldBe("r:1 has changed meanwhile");
        (await harness.Engine.GetHistoryAsync("r")).Count(e => e.Kind == HistoryKind.Rewound).ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_event_that_only_the_new_course_sends_is_received_once_and_one_that_was_sent_before_is_not_sent_again(bool restarts)
    {
        var go = new EventName<string>("Go");
        var listen = new OrchestrationName<Unit, string>("Listen");
        WorkflowCatalog catalog = Catalog
            .With(listen, async (context, _) => await context.WaitForEvent(go) + await context.WaitForEvent(go))
            .With(Run, async (context, _) =>
            {
                bool broke = false;
                async Task First()
                {
                    try
                    {
                        await context.CallAsync(Step, "a");
                    }
                    catch (StepFailedException)
                    {
                        broke = true;
                        throw;
                    }
                }

                async Task Second()
                {
                    context.SendEvent("listens", go, "always ");
                    await context.WaitForEvent(go);
                    if (!broke)
                    {
                        context.SendEvent("listens", go, "well");
                        context.SendEvent("has ended", go, "well");
                    }
                }

                await Task.WhenAll(First(), Second());
                return "";
            });
        _broken["a"] = true;
        int refusals = 0;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, probes: engine => engine.Commits.Probe = before =>
        {
            if (before && Interlocked.Decrement(ref refusals) >= 0)
            {
                throw new Microsoft.Data.Sqlite.SqliteException("database or disk is full", SqliteFull);
            }
        });
        await harness.Engine.StartAsync(listen, "listens", Unit.Value);
        await harness.Engine.StartAsync(listen, "has ended", Unit.Value);
        await harness.Engine.RaiseEventAsync("has ended", go, "");
        await harness.Engine.RaiseEventAsync("has ended", go, "");
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("r", go, "");
        await harness.EndOfAsync("r");
        await harness.Engine.SuspendAsync("listens", "so that the event waits");
        _broken.Clear();
        Volatile.Write(ref refusals, 1); // The disk has no room for the rewind at first.

        await harness.Engine.RewindAsync("r", "repaired");
        (await harness.EndOfAsync("r")).Status.ShouldBe(InstanceStatus.Completed);
        harness.Engine.Runtime.Database.Read(read => read.Inbox()).Select(m => m.Message.Payload).ShouldBe(["\"well\""]);
        if (restarts)
        {
            harness.Engine.Runtime.Find("listens")!.TakeAll().Count.ShouldBe(1);
            await harness.KillAndRestartAsync();
        }

        await harness.Engine.ResumeAsync("listens", "go");
        (await harness.EndOfAsync("listens")).Output!.GetValue<string>().ShouldBe("always well");
        (await harness.Engine.GetHistoryAsync("has ended")).Count(e => e.Kind == HistoryKind.EventReceived).ShouldBe(2);
    }

    [Fact]
    public async Task A_rewind_for_which_the_disk_had_no_room_at_first_happens_once()
    {
        int refusals = 0;
        var go = new EventName<string>("Go");
        var child = new OrchestrationName<string, string>("Child");
        WorkflowCatalog catalog = Catalog
            .With(child, async (context, word) => word == "waits" ? await context.WaitForEvent(go) : await context.CallAsync(Step, word))
            .With(Run, async (context, _) =>
            {
                string[] all = await Task.WhenAll(
                    context.CallAsync(Step, "own"), context.CallAsync(child, "of the child"), context.CallAsync(child, "waits", "stopped"));
                return string.Concat(all);
            });
        _broken["own"] = _broken["of the child"] = true;
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, probes: engine => engine.Commits.Probe = before =>
        {
            if (before && Interlocked.Decrement(ref refusals) >= 0)
            {
                throw new Microsoft.Data.Sqlite.SqliteException("database or disk is full", SqliteFull);
            }
        });
        await harness.Engine.StartAsync(Run, "r", Unit.Value);
        await harness.SettleAsync();
        await harness.Engine.TerminateAsync("stopped", "so that it begins anew");
        await harness.EndOfAsync("r");
        _broken.Clear();
        _calls.Clear();
        Volatile.Write(ref refusals, 2);

        await harness.Engine.RewindAsync("r", "repaired");
        await harness.SettleAsync();
        await harness.Engine.RaiseEventAsync("stopped", go, "!");

        (await harness.EndOfAsync("r")).Output!.GetValue<string>().ShouldBe("OWNOF THE CHILD!");
        _calls.Order().ShouldBe(["of the child", "own"]);
        (await harness.Engine.GetHistoryAsync("stopped")).Count(e => e.Kind == HistoryKind.ExecutionStarted).ShouldBe(2);
        Volatile.Read(ref refusals).ShouldBeLessThan(0);
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
