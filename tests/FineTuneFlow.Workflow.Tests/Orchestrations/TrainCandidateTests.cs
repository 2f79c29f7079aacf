using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

public sealed class TrainCandidateTests
{
    private static readonly string Id = Flows.TrainId(StubAnswers.RunId, "a");
    private static readonly TrainCandidateInput Input = new(StubAnswers.RunId, StubAnswers.A, null, new TrainingFiles("file-train", "file-validation"));

    public static TheoryData<string> StepsWithASlot => new(nameof(Steps.SubmitJob), nameof(Steps.PollJob), nameof(Steps.CollectResults));

    [Theory]
    [MemberData(nameof(StepsWithASlot))]
    public async Task The_slot_is_given_back_whichever_step_fails(string step)
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Fail(step, new Failure(FailureKind.QuotaExhausted, "no credit"));

        InstanceState ended = await stubs.RunAsync(Flows.TrainCandidate, Id, Input);

        ended.Failure!.Kind.ShouldBe(FailureKind.QuotaExhausted);
        stubs.Called[^1].ShouldBe(nameof(Steps.ReleaseJobSlot));
    }

    [Fact]
    public async Task A_place_in_the_queue_is_looked_at_ever_more_rarely_and_at_once_when_woken()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        bool free = false;
        stubs.Answer(Steps.AcquireJobSlot, _ => new JobSlot(free, free ? 0 : 3));
        await stubs.Engine.StartAsync(Flows.TrainCandidate, Id, Input);
        await stubs.SettleAsync();
        while (stubs.Called.Count < 13)
        {
            await stubs.PassAsync();
        }

        TimeSpan[] looks = [.. stubs.Times(Steps.AcquireJobSlot)];
        looks.Zip(looks[1..], (a, b) => (b - a).TotalSeconds).ShouldBe([2, 3, 4.5, 6.75, 10.125, 15.1875, 22.78125, 34.171875, 51.2578125, 60, 60, 60], tolerance: 0.002);
        (await stubs.Engine.GetAsync(Id))!.CustomStatus!["state"]!.GetValue<string>().ShouldBe("queued");
        free = true;
        DateTimeOffset now = stubs.Clock.GetUtcNow();
        await stubs.Engine.RaiseEventAsync(Id, Signals.Wake, new WakeUp("a job slot is free"));

        InstanceState ended = await stubs.EndOfAsync(Id);
        ended.Status.ShouldBe(InstanceStatus.Completed);
        ended.EndedAt.ShouldBe(now);
    }

    [Fact]
    public async Task The_next_one_in_the_queue_is_woken()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        string other = Flows.TrainId("other", "b");
        int asked = 0;
        stubs.Answer(Steps.AcquireJobSlot, input => new JobSlot(input.Candidate == "a" || Interlocked.Increment(ref asked) > 1, 0))
            .Answer(Steps.ReleaseJobSlot, input => new ReleasedSlot(input.Candidate == "a" ? new JobTicket("other", "b", stubs.Clock.GetUtcNow()) : null));
        await stubs.Engine.StartAsync(Flows.TrainCandidate, other, Input with { RunId = "other", Candidate = StubAnswers.Candidate("b") });
        await stubs.SettleAsync();

        InstanceState first = await stubs.RunAsync(Flows.TrainCandidate, Id, Input);

        (await stubs.EndOfAsync(other)).EndedAt.ShouldBe(first.EndedAt);
    }

    [Fact]
    public async Task Jobs_from_elsewhere_are_waited_for_with_growing_patience()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        var full = new SubmittedJob("", new Failure(FailureKind.TooManyJobs, "full"));
        stubs.AnswerInTurn(Steps.SubmitJob, () => full, () => full, () => full, () => full, () => full, () => full, () => full, () => full, () => new SubmittedJob("job-a", null));

        InstanceState ended = await stubs.RunAsync(Flows.TrainCandidate, Id, Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        TimeSpan[] tries = [.. stubs.Times(Steps.SubmitJob)];
        tries.Zip(tries[1..], (a, b) => (b - a).TotalSeconds).ShouldBe([5, 10, 20, 40, 80, 160, 300, 300]);
    }

    [Fact]
    public async Task A_days_cap_is_waited_out_until_the_next_day_begins_or_until_the_service_says()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Clock.Advance(TimeSpan.FromHours(20));
        stubs.AnswerInTurn(
            Steps.SubmitJob,
            () => new SubmittedJob("", new Failure(FailureKind.DailyCapReached, "used up")),
            () => new SubmittedJob("", new Failure(FailureKind.DailyCapReached, "used up", RetryAfter: TimeSpan.FromHours(3))),
            () => new SubmittedJob("job-a", null));

        await stubs.RunAsync(Flows.TrainCandidate, Id, Input);

        stubs.Times(Steps.SubmitJob).Select(at => at.TotalMinutes).ShouldBe([0, (4 * 60) + 1, (4 * 60) + 1 + (3 * 60)], tolerance: 1e-6);
    }

    [Fact]
    public async Task A_service_that_asks_to_wait_for_hours_is_waited_for_and_not_beyond_the_deadline()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.FailAtFirst(nameof(Steps.SubmitJob), new Failure(FailureKind.Throttled, "later", RetryAfter: TimeSpan.FromHours(5)), times: 1);

        InstanceState patient = await stubs.RunAsync(Flows.TrainCandidate, Id, Input);
        stubs.FailAtFirst(nameof(Steps.SubmitJob), new Failure(FailureKind.Throttled, "later", RetryAfter: TimeSpan.FromHours(5)), times: 1);
        DateTimeOffset soon = stubs.Clock.GetUtcNow().AddHours(4);
        InstanceState late = await stubs.RunAsync(Flows.TrainCandidate, $"{Id}-2", Input with { Deadline = soon });

        (patient.EndedAt!.Value - patient.CreatedAt).ShouldBe(TimeSpan.FromHours(5));
        late.Failure!.Kind.ShouldBe(FailureKind.DeadlineExceeded);
        late.EndedAt.ShouldBe(late.CreatedAt);
    }
}
