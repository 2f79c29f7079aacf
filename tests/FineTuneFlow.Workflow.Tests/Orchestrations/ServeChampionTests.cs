using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Orchestrations;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

public sealed class ServeChampionTests
{
    private static readonly string Id = Flows.ServeId("stubs");
    private static readonly ServeChampionInput Input = new("stubs");

    [Fact]
    public async Task It_looks_often_while_a_deployment_comes_and_every_four_hours_otherwise_until_none_is_needed()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        int looks = 0;
        stubs.Answer(Steps.KeepServing, _ => new ServingProgress(++looks < 8 ? 1 : 0, Pending: looks < 4));

        InstanceState ended = await stubs.RunAsync(Flows.ServeChampion, Id, Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        double[] at = [.. stubs.Times(Steps.KeepServing).Select(time => time.TotalSeconds)];
        at.ShouldBe([0, 15, 30, 45, 45 + 14_400, 45 + (2 * 14_400), 45 + (3 * 14_400), 45 + (4 * 14_400)], tolerance: 1e-6);
    }

    [Fact]
    public async Task A_change_of_champions_is_looked_at_at_once()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        bool needed = true;
        stubs.Answer(Steps.KeepServing, _ => new ServingProgress(needed ? 1 : 0, false));
        await stubs.Engine.StartAsync(Flows.ServeChampion, Id, Input);
        await stubs.SettleAsync();
        needed = false;
        DateTimeOffset now = stubs.Clock.GetUtcNow();

        await stubs.Engine.RaiseEventAsync(Id, Signals.Wake, new WakeUp("the versions in use have changed"));

        (await stubs.EndOfAsync(Id)).EndedAt.ShouldBe(now);
    }

    [Fact]
    public async Task A_step_that_fails_for_good_fails_it_so_that_the_next_tick_begins_it_anew()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Fail(nameof(Steps.KeepServing), new Failure(FailureKind.Forbidden, "no"));

        (await stubs.RunAsync(Flows.ServeChampion, Id, Input)).Failure!.Kind.ShouldBe(FailureKind.Forbidden);
    }
}
