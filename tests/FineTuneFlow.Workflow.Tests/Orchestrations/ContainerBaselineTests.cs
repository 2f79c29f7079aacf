using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Orchestrations;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

public sealed class ContainerBaselineTests
{
    private const string Id = "baseline";

    private static readonly ContainerBaselineInput Input = new(StubAnswers.RunId, "own");
    private static readonly Failure NoMachine = new(FailureKind.Unavailable, "no machine");

    [Fact]
    public async Task A_container_that_never_began_is_started_again_five_times_in_all()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PollContainer, input => Step(input, NoMachine));

        InstanceState ended = await stubs.RunAsync(Flows.ContainerBaseline, Id, Input);

        ended.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        stubs.Called.Count(step => step == nameof(Steps.StartContainer)).ShouldBe(5);
        stubs.Called.ShouldNotContain(nameof(Steps.CollectContainer));
    }

    [Fact]
    public async Task A_container_that_failed_in_its_work_is_not_started_again()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PollContainer, input => Step(input, new Failure(FailureKind.JobFailed, "out of memory")));

        InstanceState ended = await stubs.RunAsync(Flows.ContainerBaseline, Id, Input);

        ended.Failure!.Message.ShouldBe("out of memory");
        stubs.Called.Count(step => step == nameof(Steps.StartContainer)).ShouldBe(1);
    }

    [Fact]
    public async Task It_begins_anew_with_its_execution_and_the_number_of_its_starts()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        int starts = 0;
        int polls = 0;
        stubs.Answer(Steps.StartContainer, _ => new ContainerStep($"execution-{++starts}", "starting", null, null, false, null))
            .Answer(Steps.PollContainer, input => ++polls is 60 or 120 or 180 or 240 or 300 ? Step(input, NoMachine) : Step(input, null));

        InstanceState ended = await stubs.RunAsync(Flows.ContainerBaseline, Id, Input);

        ended.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        starts.ShouldBe(5);
        polls.ShouldBe(300);
        (await stubs.Engine.GetHistoryAsync(Id)).Count(entry => entry.Kind == HistoryKind.ContinuedAsNew).ShouldBe(5);
    }

    [Fact]
    public async Task A_wake_lets_it_look_at_once()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        bool done = false;
        stubs.Answer(Steps.PollContainer, input => done ? Step(input, null) with { Succeeded = true } : Step(input, null));
        await stubs.Engine.StartAsync(Flows.ContainerBaseline, Id, Input);
        await stubs.SettleAsync();
        DateTimeOffset now = stubs.Clock.GetUtcNow();
        done = true;

        await stubs.Engine.RaiseEventAsync(Id, Signals.Wake, new WakeUp("look"));

        (await stubs.EndOfAsync(Id)).EndedAt.ShouldBe(now);
        stubs.Called[^1].ShouldBe(nameof(Steps.CollectContainer));
    }

    private static ContainerStep Step(ContainerStepInput input, Failure? failure) => new(input.ExecutionId!, "running", 1, 9, false, failure);
}
