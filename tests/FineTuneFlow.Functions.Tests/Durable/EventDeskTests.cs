using FineTuneFlow.Functions.Durable;

namespace FineTuneFlow.Functions.Tests.Durable;

public sealed class EventDeskTests
{
    private readonly Queue<TaskCompletionSource<string>> waits = new();
    private readonly List<string> forwarded = [];
    private readonly EventDesk<string> desk;

    public EventDeskTests() => desk = new EventDesk<string>(
        () =>
        {
            var wait = new TaskCompletionSource<string>();
            waits.Enqueue(wait);
            return wait.Task;
        },
        forwarded.Add);

    [Fact]
    public async Task First_come_first_served()
    {
        Task<string> one = desk.Take(default);
        Task<string> two = desk.Take(default);

        Arrive("a");
        Arrive("b");
        Arrive("c");

        (await one).ShouldBe("a");
        (await two).ShouldBe("b");
        (await desk.Take(default)).ShouldBe("c");
    }

    [Fact]
    public async Task A_cancelled_waiter_takes_none()
    {
        using var gone = new CancellationTokenSource();
        Task<string> cancelled = desk.Take(gone.Token);
        Task<string> waiting = desk.Take(default);
        gone.Cancel();

        Arrive("a");

        (await waiting).ShouldBe("a");
        cancelled.IsCanceled.ShouldBeTrue();
        (await Should.ThrowAsync<OperationCanceledException>(() => desk.Take(gone.Token))).ShouldNotBeNull();
    }

    [Fact]
    public void One_wait_is_open_at_the_engine_however_many_wait_here()
    {
        _ = desk.Take(default);
        _ = desk.Take(default);

        waits.Count.ShouldBe(1);
    }

    [Fact]
    public void What_nobody_took_is_forwarded_in_order_and_so_is_what_still_comes()
    {
        using var gone = new CancellationTokenSource();
        _ = desk.Take(gone.Token);
        gone.Cancel();
        Arrive("a");
        Arrive("b");

        desk.Continue();
        Arrive("c");

        forwarded.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task When_the_engine_refuses_to_wait_every_waiter_is_told()
    {
        Task<string> waiting = desk.Take(default);

        waits.Dequeue().SetException(new InvalidOperationException("no"));

        await Should.ThrowAsync<InvalidOperationException>(() => waiting);
        await Should.ThrowAsync<InvalidOperationException>(() => desk.Take(default));
    }

    private void Arrive(string payload) => waits.Dequeue().SetResult(payload);
}
