using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Durable.Conformance;

/// <summary>What an engine does for an orchestration.</summary>
public abstract class ContextConformance
{
    /// <summary>An engine, not yet started.</summary>
    protected abstract EngineUnderTest Engine();

    private static readonly OrchestrationName<string, string> Parent = new(nameof(Parent));
    private static readonly OrchestrationName<string, string> Child = new(nameof(Child));
    private static readonly ActivityName<string, string> Work = new(nameof(Work));
    private static readonly EventName<Note> Mail = new(nameof(Mail));
    private static readonly EventName<Note> Go = new(nameof(Go));

    private static readonly RetryPolicy Quick = new(3, TimeSpan.FromMilliseconds(20));

    [Fact]
    public async Task An_activitys_failure_reaches_the_orchestration_whole()
    {
        var thrown = new Failure(
            FailureKind.QuotaExhausted, "no credit: \"straße\"\nsecond line", "top up", new SourceLocation("a.csv", 3, "label"), "budget.usd", TimeSpan.FromSeconds(9));
        Failure? seen = null;
        await using EngineUnderTest host = await Engine()
            .With(Work, _ => throw new FlowException(thrown))
            .With(Parent, async (context, input) =>
            {
                try
                {
                    return await context.CallAsync(Work, input);
                }
                catch (StepFailedException failed)
                {
                    seen = failed.Failure;
                    return failed.Step;
                }
            })
            .StartAsync();

        (await host.Client.StartAsync(Parent, "a", "x")).ShouldBeTrue();

        (await host.EndAsync("a")).Output!.GetValue<string>().ShouldBe(Work.Name);
        seen.ShouldBe(thrown);
    }

    [Fact]
    public async Task A_defect_in_an_activity_leaves_no_text_of_its_message_behind()
    {
        await using EngineUnderTest host = await Engine()
            .With(Work, _ => throw new InvalidOperationException("the secret text of row 7"))
            .With(Parent, (context, input) => context.CallAsync(Work, input))
            .StartAsync();

        await host.Client.StartAsync(Parent, "a", "x");

        InstanceState state = await host.EndAsync("a");
        state.Status.ShouldBe(InstanceStatus.Failed);
        state.Failure!.Kind.ShouldBe(FailureKind.Internal);
        state.Failure.Message.ShouldContain(nameof(InvalidOperationException));
        state.ToString().ShouldNotContain("secret");
    }

    [Fact]
    public async Task Retryable_kinds_are_tried_again_after_what_the_other_side_asked_and_final_ones_are_not()
    {
        List<DateTimeOffset> attempts = [];
        int finals = 0;
        ActivityName<string, string> final = new("Final");
        await using EngineUnderTest host = await Engine()
            .With(Work, _ =>
            {
                attempts.Add(DateTimeOffset.UtcNow);
                return attempts.Count < 3
                    ? throw new FlowException(new Failure(FailureKind.Throttled, "wait", RetryAfter: TimeSpan.FromMilliseconds(400)))
                    : Task.FromResult("done");
            })
            .With(final, _ =>
            {
                finals++;
                throw new FlowException(FailureKind.Forbidden, "no");
            })
            .With(Parent, async (context, input) =>
            {
                string done = await context.CallAsync(Work, input, Quick);
                try
                {
                    return await context.CallAsync(final, input, Quick);
                }
                catch (StepFailedException)
                {
                    return done;
                }
            })
            .StartAsync();

        await host.Client.StartAsync(Parent, "a", "x");

        (await host.EndAsync("a")).Output!.GetValue<string>().ShouldBe("done");
        attempts.Count.ShouldBe(3);
        (attempts[1] - attempts[0]).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(390));
        finals.ShouldBe(1);
    }

    [Fact]
    public async Task A_childs_failure_reaches_its_parent_and_a_childs_id_follows_from_its_parents()
    {
        string? childId = null;
        await using EngineUnderTest host = await Engine()
            .With(Work, _ => throw new FlowException(FailureKind.JobFailed, "diverged"))
            .With(Child, (context, input) =>
            {
                childId = context.InstanceId;
                return context.CallAsync(Work, input);
            })
            .With(Parent, (context, input) => context.CallAsync(Child, input))
            .StartAsync();

        await host.Client.StartAsync(Parent, "a", "x");

        InstanceState state = await host.EndAsync("a");
        state.Failure!.Kind.ShouldBe(FailureKind.JobFailed);
        childId!.ShouldStartWith("a:");
        (await host.Client.GetAsync(childId!))!.ParentId.ShouldBe("a");
        (await host.Client.QueryAsync(new InstanceQuery())).Instances.Select(i => i.InstanceId).ShouldBe(["a"]);
        (await host.Client.QueryAsync(new InstanceQuery { RootsOnly = false })).Instances.Select(i => i.InstanceId).Order().ShouldBe(["a", childId!]);
    }

    [Fact]
    public async Task Children_give_their_results_also_side_by_side_and_under_ids_of_their_callers_choice()
    {
        await using EngineUnderTest host = await Engine()
            .With(Work, text => Task.FromResult(text + text))
            .With(Child, (context, input) => context.CallAsync(Work, input))
            .With(Parent, async (context, input) =>
                string.Concat(await Task.WhenAll(context.CallAsync(Child, "1"), context.CallAsync(Child, "2", "a:named"))))
            .StartAsync();

        await host.Client.StartAsync(Parent, "a", "x");

        (await host.EndAsync("a")).Output!.GetValue<string>().ShouldBe("1122");
        (await host.Client.GetAsync("a:named"))!.ParentId.ShouldBe("a");
    }

    [Fact]
    public async Task A_terminated_child_fails_its_caller_as_cancelled()
    {
        await using EngineUnderTest host = await Engine()
            .With(Child, async (context, input) => (await context.WaitForEvent(Go)).Text)
            .With(Parent, async (context, input) =>
            {
                context.SetStatus("waiting");
                try
                {
                    return await context.CallAsync(Child, input, "a:child");
                }
                catch (StepFailedException failed)
                {
                    return failed.Failure.Kind.ToString();
                }
            })
            .StartAsync();
        await host.Client.StartAsync(Parent, "a", "x");
        await host.StatusAsync("a", "waiting");
        while (await host.Client.GetAsync("a:child") is null)
        {
            await Task.Yield();
        }

        await host.Client.TerminateAsync("a:child", "enough");

        (await host.EndAsync("a")).Output!.GetValue<string>().ShouldBe(nameof(FailureKind.Cancelled));
    }

    [Fact]
    public async Task Events_go_in_order_to_waiters_in_order_and_none_to_a_cancelled_one()
    {
        await using EngineUnderTest host = await Engine()
            .With(Parent, async (context, input) =>
            {
                using var gone = new CancellationTokenSource();
                Task<Note> first = context.WaitForEvent(Mail);
                Task<Note> cancelled = context.WaitForEvent(Mail, gone.Token);
                Task<Note> second = context.WaitForEvent(Mail);
                gone.Cancel();
                context.SetStatus("listening");
                await Task.WhenAll(first, second);
                Note third = await context.WaitForEvent(Mail);
                return $"{first.Result.Text}{second.Result.Text}{third.Text}{(cancelled.IsCanceled ? "!" : "?")}";
            })
            .StartAsync();
        await host.Client.StartAsync(Parent, "a", "x");
        await host.StatusAsync("a", "listening");

        foreach (string text in new[] { "1", "2", "3" })
        {
            await host.Client.RaiseEventAsync("a", Mail, new Note(text));
        }

        (await host.EndAsync("a")).Output!.GetValue<string>().ShouldBe("123!");
    }

    [Fact]
    public async Task An_event_that_came_before_it_was_waited_for_is_kept_and_a_deadline_leaves_no_waiter_behind()
    {
        await using EngineUnderTest host = await Engine()
            .With(Parent, async (context, input) =>
            {
                Note? late = await context.WaitForEvent(Mail, context.UtcNow.AddMilliseconds(100));
                context.SetStatus("passed");
                Note go = await context.WaitForEvent(Go);
                Note kept = await context.WaitForEvent(Mail);
                return $"{late?.Text ?? "none"} {go.Text} {kept.Text}";
            })
            .StartAsync();
        await host.Client.StartAsync(Parent, "a", "x");
        await host.StatusAsync("a", "passed");

        await host.Client.RaiseEventAsync("a", Mail, new Note("mail"));
        await host.Client.RaiseEventAsync("a", Go, new Note("go"));

        (await host.EndAsync("a")).Output!.GetValue<string>().ShouldBe("none go mail");
    }

    [Fact]
    public async Task Continuing_as_new_carries_untaken_events_along_in_their_order()
    {
        await using (EngineUnderTest probe = Engine())
        {
            Assert.SkipUnless(await probe.KeepsEventsAsync(), "this version of the test host drops what an instance sends to itself when it continues as new");
        }

        await using EngineUnderTest host = await Engine()
            .With(Parent, async (context, input) =>
            {
                if (input == "first")
                {
                    // A waiter that gives up: what comes now is taken by nobody.
                    await context.WaitForEvent(Mail, context.UtcNow.AddMilliseconds(50));
                    context.SetStatus("first");
                    await context.WaitForEvent(Go);
                    context.ContinueAsNew("second");
                    return "";
                }

                Note one = await context.WaitForEvent(Mail);
                Note two = await context.WaitForEvent(Mail);
                return $"{one.Text}{two.Text}";
            })
            .StartAsync();
        await host.Client.StartAsync(Parent, "a", "first");
        await host.StatusAsync("a", "first");

        await host.Client.RaiseEventAsync("a", Mail, new Note("1"));
        await host.Client.RaiseEventAsync("a", Mail, new Note("2"));
        await host.Client.RaiseEventAsync("a", Go, new Note("go"));

        (await host.EndAsync("a")).Output!.GetValue<string>().ShouldBe("12");
    }

    [Fact]
    public async Task A_timer_does_not_fire_before_its_time_but_for_what_the_engine_rounds()
    {
        // What the clocks of timers may be finer or coarser by.
        TimeSpan grain = TimeSpan.FromMilliseconds(20);
        var fired = new TaskCompletionSource<DateTimeOffset>(TaskCreationOptions.RunContinuationsAsynchronously);
        DateTimeOffset due = default;
        await using EngineUnderTest host = await Engine()
            .With(Work, text =>
            {
                fired.TrySetResult(DateTimeOffset.UtcNow);
                return Task.FromResult(text);
            })
            .With(Parent, async (context, input) =>
            {
                DateTimeOffset until = context.UtcNow.AddMilliseconds(1_900);
                due = until;
                await context.DelayUntil(until);
                return await context.CallAsync(Work, input);
            })
            .StartAsync();

        await host.Client.StartAsync(Parent, "a", "x");

        await host.EndAsync("a");
        (await fired.Task).ShouldBeGreaterThanOrEqualTo(due - host.TimersRoundedDownBy - grain);
    }

    [Fact]
    public async Task A_run_waits_for_an_event_that_another_instance_sends()
    {
        await using EngineUnderTest host = await Engine()
            .With(Child, (context, input) =>
            {
                context.SendEvent(input, Mail, new Note(context.InstanceId));
                return Task.FromResult("sent");
            })
            .With(Parent, async (context, input) =>
            {
                Task<string> child = context.CallAsync(Child, context.InstanceId, "a:postman");
                Note note = await context.WaitForEvent(Mail);
                return note.Text + await child;
            })
            .StartAsync();

        await host.Client.StartAsync(Parent, "a", "x");

        (await host.EndAsync("a")).Output!.GetValue<string>().ShouldBe("a:postmansent");
    }

    [Fact]
    public async Task Ids_and_times_are_the_same_at_every_replay()
    {
        List<string> seen = [];
        await using EngineUnderTest host = await Engine()
            .With(Work, text => Task.FromResult(text))
            .With(Parent, async (context, input) =>
            {
                string begin = $"{context.NewGuid()} {context.UtcNow:o} {context.Version}";
                lock (seen)
                {
                    seen.Add(begin);
                }

                await context.CallAsync(Work, "1");
                await context.Delay(TimeSpan.FromMilliseconds(20));
                return await context.CallAsync(Work, begin);
            })
            .StartAsync();

        await host.Client.StartAsync(Parent, "a", "x");

        await host.EndAsync("a");
        seen.Count.ShouldBeGreaterThan(host.ReplaysAtEveryTurn ? 2 : 0);
        seen.Distinct().Count().ShouldBe(1);
        seen[0].ShouldEndWith("+00:00 1");
    }

    public sealed record Note(string Text);
}
