using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Spending;

public sealed class JobSlotsTests
{
    [Fact]
    public async Task The_queue_is_first_come_first_served_and_names_who_may_go_next()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        JobSlots slots = product.Get<JobSlots>();
        string provider = $"p{Guid.NewGuid():N}";
        CancellationToken stop = TestContext.Current.CancellationToken;

        (await slots.AcquireAsync(provider, "r1", "a", stop)).ShouldBe(0);
        (await slots.AcquireAsync(provider, "r1", "b", stop)).ShouldBe(1);
        (await slots.AcquireAsync(provider, "r2", "a", stop)).ShouldBe(2);
        // Asking again keeps the place.
        (await slots.AcquireAsync(provider, "r2", "a", stop)).ShouldBe(2);

        (await slots.ReleaseAsync(provider, 2, "r1", "a", stop)).ShouldNotBeNull().RunId.ShouldBe("r2");
        (await slots.AcquireAsync(provider, "r2", "a", stop)).ShouldBe(1);
        (await slots.ReleaseAsync(provider, 2, "r1", "a", stop)).ShouldBeNull();
        (await slots.ReleaseAsync(provider, 2, "r1", "b", stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_place_that_nobody_gave_back_is_free_after_three_days_and_not_before()
    {
        var store = new MemoryStore();
        var time = new FakeTimeProvider();
        var slots = new JobSlots(store, time);
        CancellationToken stop = TestContext.Current.CancellationToken;
        await slots.AcquireAsync("p", "lost", "a", stop);

        time.Advance(TimeSpan.FromDays(3));
        (await slots.AcquireAsync("p", "r1", "a", stop)).ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        (await slots.AcquireAsync("p", "r1", "a", stop)).ShouldBe(0);
        (await slots.AcquireAsync("p", "lost", "a", stop)).ShouldBe(1);
    }

    [Fact]
    public async Task Only_who_gives_back_a_slot_that_another_waits_for_wakes_one_and_it_is_the_first_that_waits()
    {
        var store = new MemoryStore();
        var slots = new JobSlots(store, new FakeTimeProvider());
        CancellationToken stop = TestContext.Current.CancellationToken;
        foreach (string candidate in (string[])["a", "b", "c", "d", "e"])
        {
            await slots.AcquireAsync("p", "r", candidate, stop);
        }

        int writes = store.Asked.Count;
        (await slots.ReleaseAsync("p", 2, "r", "no such", stop)).ShouldBeNull();
        store.Asked.Count.ShouldBe(writes, "nothing has changed");
        // d waits itself: its place is nobody's slot.
        (await slots.ReleaseAsync("p", 2, "r", "d", stop)).ShouldBeNull();
        (await slots.ReleaseAsync("p", 2, "r", "c", stop)).ShouldBeNull();
        (await slots.ReleaseAsync("p", 2, "r", "b", stop))!.Candidate.ShouldBe("e");
        (await slots.ReleaseAsync("p", 2, "r", "a", stop)).ShouldBeNull();
        (await slots.AcquireAsync("p", "r", "e", stop)).ShouldBe(0);
        (await slots.AcquireAsync("other", "r", "e", stop)).ShouldBe(0);
        store.Asked.ShouldAllBe(condition => condition.OnlyIfAbsent || condition.IfMatch != null);
    }

    [Fact]
    public async Task The_same_candidate_of_two_runs_and_two_of_one_run_have_places_of_their_own()
    {
        var slots = new JobSlots(new MemoryStore(), new FakeTimeProvider());
        CancellationToken stop = TestContext.Current.CancellationToken;
        (await slots.AcquireAsync("p", "r1", "a", stop)).ShouldBe(0);
        (await slots.AcquireAsync("p", "r2", "a", stop)).ShouldBe(1);
        (await slots.AcquireAsync("p", "r1", "b", stop)).ShouldBe(2);

        (await slots.ReleaseAsync("p", 1, "r2", "b", stop)).ShouldBeNull();
        (await slots.AcquireAsync("p", "r3", "b", stop)).ShouldBe(3);
        (await slots.ReleaseAsync("p", 3, "r3", "b", stop)).ShouldBeNull("it had no slot, unlike r1's");
        (await slots.ReleaseAsync("p", 1, "r1", "a", stop)).ShouldBe(new JobTicket("r2", "a", new FakeTimeProvider().GetUtcNow()));
    }

    [Fact]
    public async Task Many_at_once_get_different_places()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        JobSlots slots = product.Get<JobSlots>();
        string provider = $"p{Guid.NewGuid():N}";

        int[] places = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => slots.AcquireAsync(provider, $"r{i}", "a", TestContext.Current.CancellationToken)));

        places.Order().ShouldBe(Enumerable.Range(0, 12));
    }
}
