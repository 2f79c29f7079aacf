using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Tests;

/// <summary>What a rewind keeps of a history and what it drops, by histories of a few rows.</summary>
public sealed class RewoundHistoryTests
{
    private static readonly ActivityName<int, int> Work = new("Work");
    private static readonly EventName<string> Go = new("Go");

    [Fact]
    public void Steps_without_an_end_are_open_again_timers_too_unless_they_were_cancelled()
    {
        var child = new OrchestrationName<int, int>("Child");
        PlayedRun run = new PlayedRun(async context =>
        {
            using var stop = new CancellationTokenSource();
            _ = context.Delay(TimeSpan.FromHours(1));
            _ = context.Delay(TimeSpan.FromHours(2), stop.Token);
            stop.Cancel();
            _ = context.CallAsync(child, 1);
            await context.CallAsync(Work, 1);
            return $"{await context.CallAsync(Work, 2)}";
        }).Start().Complete(4, 0).Fail(5).End();

        RewoundHistory rewound = Rewound(run);

        PlayedRun.Named(rewound.Kept).ShouldBe([
            "ExecutionStarted", "TimerCreated 1", "TimerCreated 2", "TimerCancelled 2", "ChildScheduled 3", "ActivityScheduled 4", "ActivityCompleted 4", "ActivityScheduled 5"]);
        PlayedRun.Named(rewound.Dropped).ShouldBe(["ActivityFailed 5", "ExecutionFailed"]);
        rewound.Open.Select(row => row.StepId).ShouldBe([1, 3, 5]);
    }

    [Fact]
    public void Where_the_code_is_another_one_nothing_is_undone_but_the_end()
    {
        PlayedRun run = new PlayedRun(async context => $"{await context.CallAsync(Work, 1)}").Start().Fail(1).End();
        var other = new PlayedRun(context => context.WaitForEvent(Go));

        RewoundHistory rewound = RewoundHistory.Of(run.Rows, other.Make);

        PlayedRun.Named(rewound.Kept).ShouldBe(["ExecutionStarted", "ActivityScheduled 1", "ActivityFailed 1"]);
        PlayedRun.Named(rewound.Dropped).ShouldBe(["ExecutionFailed"]);
    }

    [Fact]
    public void Of_two_failures_the_one_that_was_answered_stays_and_the_one_that_was_swallowed_goes()
    {
        PlayedRun run = new PlayedRun(async context =>
        {
            try
            {
                await context.CallAsync(Work, 1);
            }
            catch (StepFailedException)
            {
                await context.CallAsync(Work, 10);
            }

            try
            {
                await context.CallAsync(Work, 2);
            }
            catch (StepFailedException)
            {
                throw new FlowException(FailureKind.JobFailed, "the code's own");
            }

            return "";
        }).Start().Fail(1).Complete(2, 0).Fail(3).End();

        RewoundHistory rewound = Rewound(run);

        PlayedRun.Named(rewound.Kept).ShouldBe([
            "ExecutionStarted", "ActivityScheduled 1", "ActivityFailed 1", "ActivityScheduled 2", "ActivityCompleted 2", "ActivityScheduled 3"]);
        rewound.Open.Select(row => row.StepId).ShouldBe([3]);
    }

    [Fact]
    public void A_failure_stays_answered_where_only_a_part_of_its_answers_came_of_another_failure()
    {
        PlayedRun run = new PlayedRun(async context =>
        {
            bool broke = false;
            async Task First()
            {
                try
                {
                    await context.CallAsync(Work, 1);
                }
                catch (StepFailedException)
                {
                    broke = true;
                    throw;
                }
            }

            async Task Second()
            {
                try
                {
                    await context.CallAsync(Work, 2);
                }
                catch (StepFailedException)
                {
                    await Task.WhenAll(context.CallAsync(Work, 10), broke ? context.CallAsync(Work, 11) : Task.FromResult(0));
                }
            }

            await Task.WhenAll(First(), Second());
            return "";
        }).Start().Fail(1).Fail(2).Complete(3, 0).Complete(4, 0).End();

        RewoundHistory rewound = Rewound(run);

        PlayedRun.Named(rewound.Kept).ShouldBe([
            "ExecutionStarted", "ActivityScheduled 1", "ActivityScheduled 2", "ActivityFailed 2", "ActivityScheduled 3", "ActivityCompleted 3"]);
        rewound.Open.Select(row => row.StepId).ShouldBe([1]);
    }

    [Fact]
    public void What_the_code_asks_for_in_its_new_course_has_a_number_of_its_own_and_the_time_of_what_it_follows()
    {
        var live = new List<bool>();
        PlayedRun run = new PlayedRun(async context =>
        {
            bool broke = false;
            async Task First()
            {
                try
                {
                    await context.CallAsync(Work, 1);
                }
                catch (StepFailedException)
                {
                    broke = true;
                    throw;
                }
            }

            async Task Second()
            {
                await context.WaitForEvent(Go);
                live.Add(!context.IsReplaying);
                await context.CallAsync(Work, broke ? 10 : 11);
            }

            await Task.WhenAll(First(), Second());
            return "";
        }).Start().Fail(1).Raise("Go", "").Complete(2, 0).End();

        RewoundHistory rewound = Rewound(run);

        PlayedRun.Named(rewound.Kept).ShouldBe(["ExecutionStarted", "ActivityScheduled 1", "EventReceived", "ActivityScheduled 3"]);
        // The event was the fourth row.
        rewound.Kept[^1].ShouldBe(new HistoryRow
        {
            Sequence = 0, At = PlayedRun.At(4), Kind = HistoryKind.ActivityScheduled, StepId = 3, Name = "Work", Payload = "11",
        });
        PlayedRun.Named(rewound.Dropped).ShouldBe(["ActivityFailed 1", "ActivityScheduled 2", "ActivityCompleted 2", "ExecutionFailed"]);
        live.ShouldBe([true, false, false], "the rewind's two looks at the code are no life");
    }

    [Fact]
    public void An_end_that_stands_before_its_step_in_the_new_course_is_given_when_the_step_is_asked_for()
    {
        PlayedRun run = new PlayedRun(async context =>
        {
            Task<int> first = context.CallAsync(Work, 1);
            Task<string> go = context.WaitForEvent(Go);
            // Then the failure let it go on, now the event does.
            await Task.WhenAny(first, go);
            int sum = await context.CallAsync(Work, 2) + await context.CallAsync(Work, 3);
            return await go + sum + await first;
        }).Start().Fail(1).Complete(2, 5).Complete(3, 6).Raise("Go", "x").End();

        RewoundHistory rewound = Rewound(run);

        PlayedRun.Named(rewound.Kept).ShouldBe([
            "ExecutionStarted", "ActivityScheduled 1", "EventReceived", "ActivityScheduled 2", "ActivityCompleted 2", "ActivityScheduled 3", "ActivityCompleted 3"]);
        rewound.Open.Select(row => row.StepId).ShouldBe([1]);
    }

    private static RewoundHistory Rewound(PlayedRun run) => RewoundHistory.Of(run.Rows, run.Make);
}
