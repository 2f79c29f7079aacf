using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Orchestrations;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

public sealed class MonitorJobTests
{
    private const string Id = "monitor";

    private static readonly MonitorJobInput Input = new(StubAnswers.RunId, "a", StubAnswers.Provider, "job-a");
    private static readonly JobProgress Running = new("running", 3, 9, false, null);
    private static readonly JobProgress Missing = new("not shown", null, null, false, null, new Failure(FailureKind.JobFailed, "service does not know the job job-a"));
    private static readonly JobProgress Done = new("succeeded", null, null, true, null);

    [Fact]
    public async Task Looks_become_rarer_up_to_two_minutes_and_go_on_so_when_it_begins_anew()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        int polls = 0;
        stubs.Answer(Steps.PollJob, _ => ++polls < 60 ? Running : Done);

        InstanceState ended = await stubs.RunAsync(Flows.MonitorJob, Id, Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        TimeSpan[] looks = [.. stubs.Times(Steps.PollJob)];
        double[] waits = [.. looks.Zip(looks[1..], (a, b) => (b - a).TotalSeconds)];
        waits[..4].ShouldBe([1, 1.5, 2.25, 3.375], tolerance: 0.002);
        waits[12..].ShouldAllBe(wait => wait >= 120 && wait < 120.002);
        IReadOnlyList<HistoryEntry> history = await stubs.Engine.GetHistoryAsync(Id);
        history.Count(entry => entry.Kind == HistoryKind.ContinuedAsNew).ShouldBe(2, "60 looks, 25 an execution");
    }

    [Fact]
    public async Task A_webhook_lets_it_look_at_once_and_often_again()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PollJob, _ => Running);
        await stubs.Engine.StartAsync(Flows.MonitorJob, Id, Input);
        await PassAsync(stubs, looks: 14);
        stubs.Clock.Advance(TimeSpan.FromSeconds(50));
        await stubs.SettleAsync();
        int before = stubs.Called.Count;

        await stubs.Engine.RaiseEventAsync(Id, Signals.Wake, new WakeUp("webhook"));
        await stubs.SettleAsync();
        stubs.Called.Count.ShouldBe(before + 1);
        (stubs.Engine.NextDue!.Value - stubs.Clock.GetUtcNow()).ShouldBe(TimeSpan.FromSeconds(1.5));
        stubs.Answer(Steps.PollJob, _ => Done);

        (await stubs.EndOfAsync(Id)).Status.ShouldBe(InstanceStatus.Completed);
    }

    [Fact]
    public async Task Webhooks_that_come_together_are_not_lost_when_it_begins_anew()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        int polls = 0;
        stubs.Answer(Steps.PollJob, _ => ++polls < 40 ? Running : Done);
        await stubs.Engine.StartAsync(Flows.MonitorJob, Id, Input);
        DateTimeOffset start = stubs.Clock.GetUtcNow();
        for (int i = 0; i < 39; i++)
        {
            await stubs.Engine.RaiseEventAsync(Id, Signals.Wake, new WakeUp("webhook"));
        }

        InstanceState ended = await stubs.EndOfAsync(Id);

        ended.EndedAt.ShouldBe(start, "39 wakes, 39 looks, no time passed");
    }

    [Fact]
    public async Task A_job_that_the_service_does_not_show_yet_is_waited_for()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        int polls = 0;
        // Missing for eight minutes and for six more: shown in between, the time counts anew.
        stubs.Answer(Steps.PollJob, _ => ++polls switch { 15 => Running, > 19 => Done, _ => Missing });

        InstanceState ended = await stubs.RunAsync(Flows.MonitorJob, Id, Input);

        ended.Output!["failure"].ShouldBeNull();
        polls.ShouldBe(20);
    }

    [Fact]
    public async Task A_job_that_the_service_goes_on_not_knowing_fails_after_ten_minutes()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PollJob, _ => Missing);
        DateTimeOffset start = stubs.Clock.GetUtcNow();

        InstanceState ended = await stubs.RunAsync(Flows.MonitorJob, Id, Input);

        ended.Output!["failure"]!["message"]!.GetValue<string>().ShouldBe("service does not know the job job-a");
        (ended.EndedAt! - start).Value.ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(12));
    }

    [Fact]
    public async Task How_long_a_job_is_missing_is_carried_over_a_new_beginning()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PollJob, _ => Missing);
        await stubs.Engine.StartAsync(Flows.MonitorJob, Id, Input);
        DateTimeOffset start = stubs.Clock.GetUtcNow();
        // Every webhook is a look a second later: it begins anew before the ten minutes are over.
        await PassAsync(stubs, looks: 9);
        for (int i = 0; i < 30; i++)
        {
            await stubs.Engine.RaiseEventAsync(Id, Signals.Wake, new WakeUp("webhook"));
        }

        InstanceState ended = await stubs.EndOfAsync(Id);

        ended.Output!["failure"].ShouldNotBeNull();
        (ended.EndedAt! - start).Value.ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(12));
    }

    [Fact]
    public async Task An_ended_jobs_failure_is_told_and_does_not_fail_the_monitor()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PollJob, _ => new JobProgress("failed", null, null, true, new Failure(FailureKind.JobFailed, "diverged")));

        InstanceState ended = await stubs.RunAsync(Flows.MonitorJob, Id, Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        ended.Output!["failure"]!["message"]!.GetValue<string>().ShouldBe("diverged");
    }

    [Fact]
    public async Task A_cancelled_wait_for_the_service_ends_with_what_the_service_said()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Fail(nameof(Steps.PollJob), new Failure(FailureKind.Throttled, "later", RetryAfter: TimeSpan.FromHours(3)));
        await stubs.Engine.StartAsync(Flows.MonitorJob, Id, Input);
        await stubs.SettleAsync();
        (await stubs.Engine.GetAsync(Id))!.CustomStatus!["state"]!.GetValue<string>().ShouldStartWith("service asks to wait until 2026-01-01 03:00 UTC");

        await stubs.Engine.RaiseEventAsync(Id, Signals.Wake, new WakeUp(WakeUp.Cancelled));

        (await stubs.EndOfAsync(Id)).Failure!.Kind.ShouldBe(FailureKind.Throttled);
    }

    private static async Task PassAsync(StubbedSteps stubs, int looks)
    {
        await stubs.SettleAsync();
        while (stubs.Called.Count < looks)
        {
            await stubs.PassAsync();
        }
    }
}
