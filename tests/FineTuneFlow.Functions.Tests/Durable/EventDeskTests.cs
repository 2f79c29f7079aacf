using FineTuneFlow.Functions.Durable;

namespace FineTuneFlow.Functions.Tests.Durable;

public sealed class EventDeskTests
{
    private readonly Queue<TaskCompletionSource<string>> _waits = new();
    private readonly List<string> _forwarded = [];
    private readonly EventDesk<string> _desk;

    public EventDeskTests() => _desk = new EventDesk<string>(
        () =>
        {
            var wait = new TaskCompletionSource<string>();
            _waits.Enqueue(wait);
            return wait.Task;
        },
        _forwarded.Add);

    [Fact]
    public async Task First_come_first_served()
    {
        Task<string> one = _desk.Take(default);
        Task<string> two = _desk.Take(default);

        Arrive("a");
        Arrive("b");
        Arrive("c");

        (await one).ShouldBe("a");
        (await two).ShouldBe("b");
        (await _desk.Take(default)).ShouldBe("c");
    }

    [Fact]
    public async Task A_cancelled_waiter_takes_none()
    {
        using var gone = new CancellationTokenSource();
        Task<string> cancelled = _desk.Take(gone.Token);
        Task<string> waiting = _desk.Take(default);
        gone.Cancel();

        Arrive("a");

        (await waiting).ShouldBe("a");
        cancelled.IsCanceled.ShouldBeTrue();
        (await Should.ThrowAsync<OperationCanceledException>(() => _desk.Take(gone.Token))).ShouldNotBeNull();
    }

    [Fact]
    public void One_wait_is_open_at_the_engine_however_many_wait_here()
    {
        _ = _desk.Take(default);
        _ = _desk.Take(default);

        _waits.Count.ShouldBe(1);
    }

    [Fact]
    public void What_nobody_took_is_forwarded_in_order_and_so_is_what_still_comes()
    {
        using var gone = new CancellationTokenSource();
        _ = _desk.Take(gone.Token);
        gone.Cancel();
        Arrive("a");
        Arrive("b");

        _desk.Continue();
        Arrive("c");

        _forwarded.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task When_the_engine_refuses_to_wait_every_waiter_is_told()
    {
        Task<string> waiting = _desk.Take(default);

        _waits.Dequeue().SetException(new InvalidOperationException("no"));

        await Should.ThrowAsync<InvalidOperationException>(() => waiting);
        await Should.ThrowAsync<InvalidOperationException>(() => _desk.Take(default));
    }

    private void Arrive(string payload) => _waits.Dequeue().SetResult(payload);
}
