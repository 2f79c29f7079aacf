using FineTuneFlow.Core.Reports;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Watching;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Notifying;

/// <summary>Notifications from what raises them to a webhook over HTTP, with the outbox in files.</summary>
public sealed class NotificationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-told-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 3, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = 60_000)]
    public async Task Approval_end_and_idle_nights_are_told_once_and_signed()
    {
        await using NotifiedReceiver receiver = await NotifiedReceiver.StartAsync();
        using var host = new Host(_folder, _clock, receiver.Address);
        RunRecord waiting = Record("told-0123456789") with { Stages = [new StageTime(StageWords.Of(RunStage.WaitingForApproval), _clock.GetUtcNow(), null)] };

        for (int i = 0; i < 3; i++)
        {
            // A record is written at every stage, and each step may be repeated.
            await host.Notifier.RecordedAsync(waiting, Cancellation);
            await host.Sender.TickAsync(Cancellation);
        }

        await host.Notifier.RecordedAsync(waiting with { Outcome = RunOutcome.Succeeded, EndedAt = _clock.GetUtcNow(), Headline = "Use linear: 73.3 %", Promoted = "linear" }, Cancellation);
        for (int night = 1; night <= 7; night++)
        {
            await host.Notifier.NightAsync("told", new NightRecord(_clock.GetUtcNow(), null, null, null, night), Cancellation);
            _clock.Advance(TimeSpan.FromDays(1));
            await host.Sender.TickAsync(Cancellation);
        }

        await host.Notifier.NightAsync("told", new NightRecord(_clock.GetUtcNow(), null, null, "the recipe is wrong", 8), Cancellation);
        await host.Sender.TickAsync(Cancellation);

        receiver.All.ShouldAllBe(told => told.Signed && told.Accepted);
        receiver.All.Select(told => told.Type).ShouldBe(["approvalWaits", "runEnded", "night", "night", "night"]);
        receiver.All[0].Text.ShouldContain("ftf approve told-0123456789");
        receiver.All[1].Text.ShouldContain("Use linear: 73.3 %; linear was promoted");
        receiver.All[2].Text.ShouldContain("was not retrained for 3 nights");
        receiver.All[3].Text.ShouldContain("was not retrained for 6 nights");
        receiver.All[4].Text.ShouldContain("failed: the recipe is wrong");
        receiver.All.Select(told => told.Id).Distinct().Count().ShouldBe(5);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_refused_twice_is_taken_once_and_a_restart_loses_nothing()
    {
        await using NotifiedReceiver receiver = await NotifiedReceiver.StartAsync();
        receiver.Refusals = 2;
        using (var host = new Host(_folder, _clock, receiver.Address))
        {
            await host.Notifier.NightAsync("told", new NightRecord(_clock.GetUtcNow(), null, null, "disk full", 1), Cancellation);
            await host.Sender.TickAsync(Cancellation);
            await host.Sender.TickAsync(Cancellation);
            receiver.All.Count.ShouldBe(1, "the next attempt is due later");
            _clock.Advance(TimeSpan.FromSeconds(20));
            await host.Sender.TickAsync(Cancellation);
            receiver.All.Count.ShouldBe(2);
        }

        using (var host = new Host(_folder, _clock, receiver.Address))
        {
            await host.Sender.TickAsync(Cancellation);
            receiver.Taken.ShouldBeEmpty();
            for (int minute = 0; minute < 60 * 24; minute += 10)
            {
                _clock.Advance(TimeSpan.FromMinutes(10));
                await host.Sender.TickAsync(Cancellation);
            }
        }

        receiver.All.Count.ShouldBe(3);
        receiver.Taken.Count.ShouldBe(1);
        receiver.All.Select(told => told.Id).Distinct().Count().ShouldBe(1, "a receiver knows by the id that it is the same");
        receiver.All.ShouldAllBe(told => told.Signed);
        receiver.All.Select(told => told.At).ShouldBeUnique();
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_hosts_over_one_outbox_send_a_notification_once_and_events_that_are_not_wanted_stay_untold()
    {
        await using NotifiedReceiver receiver = await NotifiedReceiver.StartAsync();
        using var host = new Host(_folder, _clock, receiver.Address, NotificationEvent.Night);
        using var other = new NotificationSender(new Outbox(host.Store), host.Options, _clock, NullLogger<NotificationSender>.Instance);
        await host.Notifier.RecordedAsync(Record("told-0123456789") with { EndedAt = _clock.GetUtcNow() }, Cancellation);
        for (int i = 0; i < 20; i++)
        {
            await host.Notifier.NightAsync($"project-{i}", new NightRecord(_clock.GetUtcNow(), null, null, "disk full", 1), Cancellation);
        }

        await Task.WhenAll(host.Sender.TickAsync(Cancellation), other.TickAsync(Cancellation));

        receiver.Taken.Count.ShouldBe(20);
        receiver.Taken.Select(told => told.Id).Distinct().Count().ShouldBe(20);
        receiver.Taken.ShouldAllBe(told => told.Type == "night");
    }

    [Fact(Timeout = 60_000)]
    public async Task The_end_of_a_champions_base_is_told_30_14_and_3_days_before_and_not_again()
    {
        await using NotifiedReceiver receiver = await NotifiedReceiver.StartAsync();
        using var host = new Host(_folder, _clock, receiver.Address);
        DateOnly end = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime).AddDays(40);
        var look = new NightLook("told", [], "no reason", 0, 0, [], new HealthView(new VersionCounts(), [], null, "gpt-4.1-mini", end));
        var told = new List<int>();
        for (int left = 40; left >= -2; left--)
        {
            int before = receiver.Taken.Count;
            // A night looks, and so does whoever asks.
            await host.Notifier.LookedAsync("told", look, Cancellation);
            await host.Notifier.LookedAsync("told", look, Cancellation);
            await host.Sender.TickAsync(Cancellation);
            told.AddRange(Enumerable.Repeat(left, receiver.Taken.Count - before));
            _clock.Advance(TimeSpan.FromDays(1));
        }

        told.ShouldBe([30, 14, 3]);
        receiver.Taken.ShouldAllBe(one => one.Type == "baseEnds" && one.Signed && one.Text.StartsWith($"told's champion rests on gpt-4.1-mini, which answers until {end:yyyy-MM-dd}:"));
        receiver.Taken.Select(one => one.Text.Split(": ")[1]).ShouldBe(["30 days", "14 days", "3 days"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_budget_that_is_nearly_spent_is_told_once_a_run()
    {
        await using NotifiedReceiver receiver = await NotifiedReceiver.StartAsync();
        using var host = new Host(_folder, _clock, receiver.Address, NotificationEvent.BudgetNearlySpent);
        await host.Store.WriteJsonAsync(RunPaths.Plan("told-0123456789"), new RunPlan([], [], [], 10, 72));

        var told = new List<double>();
        foreach (double spent in new[] { 0, 5, 7.99, 8, 9.5, 10.2 })
        {
            int before = receiver.Taken.Count;
            await host.Notifier.RecordedAsync(Record("told-0123456789") with { SpentUsd = spent }, Cancellation);
            await host.Sender.TickAsync(Cancellation);
            told.AddRange(Enumerable.Repeat(spent, receiver.Taken.Count - before));
        }

        told.ShouldBe([8]);
        receiver.Taken.Single().Text.ShouldBe("told-0123456789 has spent $8.00 of its budget of $10.00");
    }

    [Fact(Timeout = 60_000)]
    public async Task What_an_earlier_version_had_not_delivered_is_sent_by_this_one_once()
    {
        await using NotifiedReceiver receiver = await NotifiedReceiver.StartAsync();
        DateTimeOffset then = _clock.GetUtcNow().AddDays(-1);
        var old = new Notification("msg_old", NotificationEvent.RunEnded, "told", "told-0123456789", "it has ended", then, 2, then, null);
        for (int start = 0; start < 2; start++)
        {
            using var host = new Host(_folder, _clock, receiver.Address);
            if (start == 0)
            {
                await host.Store.WriteJsonAsync(RunPaths.Notification(old.Id), old, cancellation: Cancellation);
            }

            await host.Sender.TickAsync(Cancellation);
            await host.Sender.TickAsync(Cancellation);
        }

        receiver.Taken.ShouldHaveSingleItem().Id.ShouldBe("msg_old");
    }

    private RunRecord Record(string runId) => new()
    {
        RunId = runId, Project = "told", Drop = new BlobRef("drops/told/a.csv", "", 1), Recipe = new BlobRef("runs/told/recipe.json", "", 1),
        Trigger = "http", Outcome = RunOutcome.Running, StartedAt = _clock.GetUtcNow(),
    };

    /// <summary>What a host has of it; another over the same folder is the host after a restart.</summary>
    private sealed class Host : IDisposable
    {
        public Host(DirectoryInfo folder, TimeProvider clock, Uri address, params NotificationEvent[] events)
        {
            Store = new FileBlobStore(folder.FullName);
            Options = NotificationOptions.None with { Url = address, Secret = NotifiedReceiver.Secret, Events = events.Length > 0 ? [.. events] : NotificationOptions.None.Events };
            var outbox = new Outbox(Store);
            Notifier = new Notifier(Store, outbox, Options, clock);
            Sender = new NotificationSender(outbox, Options, clock, NullLogger<NotificationSender>.Instance);
        }

        public FileBlobStore Store { get; }

        public NotificationOptions Options { get; }

        public Notifier Notifier { get; }

        public NotificationSender Sender { get; }

        public void Dispose()
        {
            Sender.Dispose();
            Store.Dispose();
        }
    }
}
