using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Notifying;

public sealed class OutboxTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 3, 0, 0, TimeSpan.Zero);
    private readonly MemoryStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_look_reads_what_is_due_alone_and_nothing_that_was_told_or_comes_later()
    {
        var outbox = new Outbox(_store);
        for (int i = 0; i < 200; i++)
        {
            await outbox.PutAsync(Told($"msg_{i:D3}", Now.AddMinutes(i)), Cancellation);
        }

        foreach ((Notification told, string etag) in await DueAsync(outbox, Now.AddMinutes(149)))
        {
            await outbox.CloseAsync(told with { Attempts = 1, DeliveredAt = Now }, etag, Cancellation);
        }

        int before = _store.Opened;
        (await DueAsync(outbox, Now.AddMinutes(149))).ShouldBeEmpty();
        _store.Opened.ShouldBe(before, "nothing is due");
        (await DueAsync(outbox, Now.AddMinutes(151))).Select(one => one.Notification.Id).ShouldBe(["msg_150", "msg_151"]);
        _store.Opened.ShouldBe(before + 2);
    }

    [Fact]
    public async Task What_was_told_is_not_put_in_again()
    {
        var outbox = new Outbox(_store);
        await outbox.PutAsync(Told("msg_a", Now), Cancellation);
        (Notification told, string etag) = (await DueAsync(outbox, Now)).Single();
        await outbox.CloseAsync(told with { DeliveredAt = Now }, etag, Cancellation);

        await outbox.PutAsync(Told("msg_a", Now.AddDays(1)), Cancellation);

        (await DueAsync(outbox, Now.AddDays(2))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slip_whose_writer_died_before_the_record_is_told_once()
    {
        var outbox = new Outbox(_store);
        Notification told = Told("msg_a", Now);
        await _store.WriteJsonAsync(RunPaths.DueNotification(Now, told.Id), told, cancellation: Cancellation);
        // The step is repeated, later by the clock.
        await outbox.PutAsync(Told("msg_a", Now.AddSeconds(5)), Cancellation);

        IReadOnlyList<(Notification Notification, string ETag)> due = await DueAsync(outbox, Now.AddMinutes(1));

        due.ShouldHaveSingleItem().Notification.NextAt.ShouldBe(Now.AddSeconds(5));
        (await DueAsync(outbox, Now.AddMinutes(1))).Count.ShouldBe(1, "the slip without a record of its own is gone");
    }

    [Fact]
    public async Task A_slip_that_stands_alone_makes_its_record()
    {
        Notification told = Told("msg_a", Now);
        await _store.WriteJsonAsync(RunPaths.DueNotification(Now, told.Id), told, cancellation: Cancellation);

        (await DueAsync(new Outbox(_store), Now)).ShouldHaveSingleItem().Notification.ShouldBe(told);
    }

    [Fact]
    public async Task Of_two_hosts_that_count_an_attempt_one_succeeds_and_nothing_is_lost()
    {
        var outbox = new Outbox(_store);
        await outbox.PutAsync(Told("msg_a", Now), Cancellation);
        (Notification told, string etag) = (await DueAsync(outbox, Now)).Single();

        string? first = await outbox.PostponeAsync(told, etag, told with { Attempts = 1, NextAt = Now.AddSeconds(20) }, Cancellation);
        string? second = await outbox.PostponeAsync(told, etag, told with { Attempts = 1, NextAt = Now.AddSeconds(21) }, Cancellation);

        (first is not null, second is null).ShouldBe((true, true));
        (await DueAsync(outbox, Now.AddSeconds(19))).ShouldBeEmpty();
        (await DueAsync(outbox, Now.AddSeconds(30))).ShouldHaveSingleItem().Notification.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task What_an_earlier_version_left_without_slips_is_due_once_and_looked_for_once()
    {
        var outbox = new Outbox(_store);
        foreach (Notification old in new[]
        {
            Told("msg_waits", Now) with { Attempts = 3 }, Told("msg_later", Now.AddHours(1)), Told("msg_told", Now) with { DeliveredAt = Now },
            Told("msg_given_up", Now) with { Attempts = Notification.MostAttempts },
        })
        {
            await _store.WriteJsonAsync(RunPaths.Notification(old.Id), old, cancellation: Cancellation);
        }

        (await DueAsync(outbox, Now.AddDays(1))).ShouldBeEmpty();
        await outbox.TakeUpAsync(Cancellation);

        IReadOnlyList<(Notification Notification, string ETag)> due = await DueAsync(outbox, Now);
        due.ShouldHaveSingleItem().Notification.ShouldBe(Told("msg_waits", Now) with { Attempts = 3 });
        (await DueAsync(outbox, Now.AddDays(1))).Select(one => one.Notification.Id).ShouldBe(["msg_waits", "msg_later"]);

        int before = _store.Opened;
        await outbox.TakeUpAsync(Cancellation);
        _store.Opened.ShouldBe(before);
    }

    private static Notification Told(string id, DateTimeOffset due) => new(id, NotificationEvent.Night, "told", null, "a text", Now, 0, due, null);

    private static async Task<IReadOnlyList<(Notification Notification, string ETag)>> DueAsync(Outbox outbox, DateTimeOffset now)
    {
        var due = new List<(Notification, string)>();
        await foreach ((Notification, string) one in outbox.DueAsync(now, Cancellation))
        {
            due.Add(one);
        }

        return due;
    }
}
