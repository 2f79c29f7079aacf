using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Serving;

namespace FineTuneFlow.Workflow.Tests.Serving;

public sealed class LifecycleTickTests
{
    [Fact]
    public async Task A_look_that_fails_keeps_no_other_back_and_all_failures_are_told()
    {
        int looks = 0;
        Func<CancellationToken, Task> well = _ => Task.FromResult(looks++);

        FlowException told = await Should.ThrowAsync<FlowException>(() => LifecycleTick.RunAllAsync(
            [Fails(FailureKind.Unavailable, "the outbox is away"), well, Fails(FailureKind.Forbidden, "no right"), well], CancellationToken.None));

        looks.ShouldBe(2);
        told.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        told.Failure.Message.ShouldBe("the outbox is away; no right");
    }

    [Fact]
    public async Task A_defect_is_thrown_as_it_is_when_all_have_looked()
    {
        int looks = 0;

        await Should.ThrowAsync<InvalidTimeZoneException>(() => LifecycleTick.RunAllAsync(
            [_ => throw new InvalidTimeZoneException(), _ => Task.FromResult(looks++), Fails(FailureKind.Forbidden, "no right")], CancellationToken.None));

        looks.ShouldBe(1);
    }

    [Fact]
    public async Task A_host_that_stops_begins_no_other_look()
    {
        using var stop = new CancellationTokenSource();
        int looks = 0;

        await Should.ThrowAsync<OperationCanceledException>(() => LifecycleTick.RunAllAsync(
            [_ => stop.CancelAsync(), token => Task.Run(token.ThrowIfCancellationRequested, token), _ => Task.FromResult(looks++)], stop.Token));

        looks.ShouldBe(0);
    }

    private static Func<CancellationToken, Task> Fails(FailureKind kind, string message) => _ => throw new FlowException(kind, message);
}
