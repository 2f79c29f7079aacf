using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Engine.Tests;

/// <summary>How an orchestration's code goes on from event to event, and how a replay brings it to where it was.</summary>
public sealed class ExecutionTests
{
    private static readonly ActivityName<int, int> Work = new("Work");
    private static readonly EventName<string> Go = new("Go");
    private static readonly EventName<string> Other = new("Other");
    private static readonly OrchestrationName<string, string> Child = new("Child", "7");

    [Fact]
    public void A_step_takes_an_end_of_its_own_kind_once_and_no_other()
    {
        PlayedRun run = new PlayedRun(async context =>
        {
            await Task.WhenAll(context.CallAsync(Work, 1), context.CallAsync(Child, ""), context.Delay(TimeSpan.FromHours(1)));
            return "";
        }).Start();
        HistoryKind[] Taken(int step) => [.. Enum.GetValues<HistoryKind>().Where(kind => kind is
            HistoryKind.ActivityCompleted or HistoryKind.ActivityFailed or HistoryKind.ChildCompleted or HistoryKind.ChildFailed or HistoryKind.TimerFired
            && run.Execution.Accepts(kind, step))];

        Taken(1).ShouldBe([HistoryKind.ActivityCompleted, HistoryKind.ActivityFailed]);
        Taken(2).ShouldBe([HistoryKind.ChildCompleted, HistoryKind.ChildFailed]);
        Taken(3).ShouldBe([HistoryKind.TimerFired]);
        Taken(4).ShouldBeEmpty("nobody has asked for it");
        run.Complete(1, 0);
        Taken(1).ShouldBeEmpty();
    }

    [Fact]
    public void Code_that_has_not_begun_has_not_ended_either() => new PlayedRun(_ => Task.FromResult("")).Execution.End().ShouldBeNull();

    [Fact]
    public void Code_that_awaits_what_nobody_will_give_has_failed_at_once_and_is_told_what_to_await()
    {
        var never = new TaskCompletionSource<string>();
        PlayedRun run = new PlayedRun(_ => never.Task).Start();

        Failure failure = run.Execution.End().ShouldNotBeNull().Failure.ShouldNotBeNull();

        failure.Kind.ShouldBe(FailureKind.NonDeterministic);
        failure.Remedy.ShouldNotBeNull().ShouldStartWith("In orchestrations await the context's tasks only");
    }

    [Fact]
    public void A_cancelled_timer_is_told_so_and_one_that_has_fired_before_stays_as_it_is()
    {
        PlayedRun run = new PlayedRun(async context =>
        {
            using var stop = new CancellationTokenSource();
            Task first = context.Delay(TimeSpan.FromMinutes(1), stop.Token);
            Task second = context.Delay(TimeSpan.FromMinutes(2), stop.Token);
            await first;
            stop.Cancel();
            return $"{first.IsCompletedSuccessfully} {second.IsCanceled}";
        }).Start().Fire(1);

        run.Execution.End().ShouldBe(new Ending("True True", null));
        run.Course.ShouldBe(["ExecutionStarted", "TimerCreated 1", "TimerCreated 2", "TimerFired 1", "TimerCancelled 2"]);
        run.Execution.Open.ShouldBeEmpty();
    }

    [Fact]
    public void A_wait_that_is_cancelled_before_it_begins_leaves_an_event_that_is_there_to_others()
    {
        PlayedRun run = new PlayedRun(async context =>
        {
            await context.WaitForEvent(Other);
            using var stop = new CancellationTokenSource();
            stop.Cancel();
            Task<string> cancelled = context.WaitForEvent(Go, stop.Token);
            return $"{cancelled.IsCanceled} {await context.WaitForEvent(Go)}";
        }).Start().Raise("Go", "early").Raise("Other", "");

        run.Execution.End().ShouldBe(new Ending("True early", null));
    }

    [Fact]
    public void A_failure_after_which_the_step_is_tried_again_is_none_that_the_code_has_seen()
    {
        var policy = new RetryPolicy(2, TimeSpan.FromMinutes(1), Kinds: [FailureKind.JobFailed]);
        PlayedRun run = new PlayedRun(async context => $"{await context.CallAsync(Work, 1, policy)}").Start().Fail(1);
        run.Execution.Failures.ShouldBeEmpty();

        run.Fire(2).Fail(3);

        run.Execution.Failures.Values.ShouldBe([3]);
        run.Execution.End().ShouldNotBeNull().Failure.ShouldNotBeNull().Message.ShouldBe("step 3 broke");
    }

    [Fact]
    public void What_history_holds_of_a_childs_call_does_not_change_since_other_versions_of_the_host_read_it()
    {
        var policy = new RetryPolicy(2, TimeSpan.FromMinutes(1), Kinds: [FailureKind.JobFailed]);
        PlayedRun run = new PlayedRun(context => context.CallAsync(Child, "größer <1>", "c", policy)).Start().FailChild(1).Fire(2);

        run.Rows.Where(row => row.Kind == HistoryKind.ChildScheduled).Select(row => row.Payload).ShouldBe(
        [
            """{"version":"7","input":"\"größer <1>\"","again":false}""",
            """{"version":"7","input":"\"größer <1>\"","again":true}""",
        ]);
    }

    [Fact]
    public void After_a_replay_the_code_is_where_it_was_and_goes_on_live()
    {
        using var lines = new LogLines();
        var seen = new List<string>();
        PlayedRun run = new PlayedRun(
            async context =>
            {
                ILogger log = context.Logger("Run");
                seen.Add($"begins {context.IsReplaying}");
                log.LogInformation("begins");
                await Task.WhenAll(context.CallAsync(Work, 1), context.CallAsync(Work, 2));
                await context.WaitForEvent(Go);
                seen.Add($"goes on {context.IsReplaying}");
                log.LogInformation("goes on");
                return "";
            },
            lines).Start().Complete(2, 0).Complete(1, 0);
        (lines.Written.Count, seen.Count).ShouldBe((1, 1));

        OrchestrationExecution again = run.Make();
        again.Replay(run.Rows);

        (again.IsReplaying, again.NextStep, again.Events.Waiting).ShouldBe((false, 3, 1));
        again.UtcNow.UtcTicks.ShouldBe(run.Rows[^1].At);
        run.Raise("Go", "");
        again.Apply(run.Rows[^1]);
        seen.ShouldBe(["begins False", "begins True", "goes on False", "goes on False"]);
        lines.Written.ShouldBe(["Information: begins", "Information: goes on", "Information: goes on"]);
    }

    [Fact]
    public void Steps_are_numbered_from_one_also_after_a_replay_of_a_history_that_has_none()
    {
        PlayedRun run = new PlayedRun(context => context.WaitForEvent(Go)).Start();
        run.Execution.NextStep.ShouldBe(1);
        OrchestrationExecution again = run.Make();

        again.Replay(run.Rows);

        again.NextStep.ShouldBe(1);
    }
}
